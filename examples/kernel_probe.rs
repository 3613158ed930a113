use fanfare::eval::kernels::{self, Source};
use fanfare::plan::{Binary, Unary};
use std::time::Instant;
fn main() {
    let n = 256;
    let a: Vec<f64> = (0..n).map(|i| 0.01 + 0.9 * i as f64 / n as f64).collect();
    let mut out = vec![0.0; n];
    for op in [Unary::Exp, Unary::Ln, Unary::Logistic, Unary::Logit, Unary::NormalQuantile, Unary::NormalCdf, Unary::Sqrt, Unary::Sin, Unary::Abs, Unary::Floor] {
        let t = Instant::now();
        for _ in 0..20000 { kernels::unary(op, &mut out, &a); }
        println!("{op:?}: {:.2} ns", t.elapsed().as_nanos() as f64 / 20000.0 / n as f64);
    }
    for op in [Binary::Add, Binary::Power, Binary::Max, Binary::Less] {
        let t = Instant::now();
        for _ in 0..20000 { kernels::binary(op, &mut out, Source::Row(&a), Source::Row(&a)); }
        println!("{op:?}: {:.2} ns", t.elapsed().as_nanos() as f64 / 20000.0 / n as f64);
    }
    use fanfare::sample::{AddressedScores, Scores};
    let key = fanfare::plan::StreamKey { input: "a".into(), component: fanfare::plan::Component::Own, labels: vec![] };
    let mut s = AddressedScores::new(1, &[key]);
    let t = Instant::now();
    for k in 0..20000 { s.fill(0, k * 256, &mut out); }
    println!("score: {:.2} ns", t.elapsed().as_nanos() as f64 / 20000.0 / n as f64);
}
