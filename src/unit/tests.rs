//! Laws of the algebra of units, and what their text may be.

use proptest::prelude::*;

use super::{Ratio, Unit, UnitError};

fn unit(text: &str) -> Unit {
    Unit::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn mistake(text: &str) -> UnitError {
    Unit::parse(text).expect_err(text)
}

#[test]
fn canonical_text_puts_positive_powers_first_and_sorts_symbols() {
    for (written, canonical) in [
        ("USD/call", "USD/call"),
        ("1", "1"),
        ("km^2", "km^2"),
        ("m*kg/s^2", "kg*m/s^2"),
        ("1/month", "1/month"),
        ("month^-1", "1/month"),
        ("m^0.5", "m^(1/2)"),
        ("m^(2/4)", "m^(1/2)"),
        ("a/b/c", "a/b/c"),
        ("a/(b*c)", "a/b/c"),
        ("a/(b/c)", "a*c/b"),
        ("s^-2 * kg * m", "kg*m/s^2"),
        ("call/call", "1"),
        ("m^0", "1"),
        ("CO2/year", "CO2/year"),
        ("µs", "µs"),
        (" flash_call / year ", "flash_call/year"),
        ("(a*b)^2", "a^2*b^2"),
        ("x^-2147483648", "x^-2147483648"),
        ("a/x^2147483647/x", "a*x^-2147483648"),
    ] {
        assert_eq!(unit(written).to_string(), canonical, "{written}");
    }
}

#[test]
fn mistakes_are_placed_and_explained() {
    for (text, at, hint) in [
        ("", 0, "`1`"),
        ("USD/", 4, "remove the operator"),
        ("%", 0, "write `1`"),
        ("USD/call%", 8, "write `1`"),
        ("$", 0, "`USD`"),
        ("12*month", 0, "data value"),
        ("USD per call", 4, "write `/`"),
        ("call year", 5, "`*`"),
        ("m²", 1, "`^2`"),
        ("kg·m", 2, "write `*`"),
        ("m**2", 2, "m^2"),
        ("m^", 2, "exponents"),
        ("m^x", 2, "exponents"),
        ("m^(1/0)", 5, "other than 0"),
        ("m^2^3", 3, "parentheses"),
        ("m^99999999999", 2, "small"),
        ("m^2147483647*m", 12, "small"),
        ("(m", 2, "close"),
        ("m)", 1, "remove"),
        ("_m", 0, "letter"),
        ("a+b", 1, "not added"),
    ] {
        let error = mistake(text);
        assert_eq!(error.at, at, "{text}: {error:?}");
        let found = error.hint.unwrap_or_default();
        assert!(found.contains(hint), "{text}: {found}");
    }
}

#[test]
fn deep_parentheses_are_an_error_not_a_crash() {
    let text = format!("{}m{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(mistake(&text).message.contains("deep"));
    let text = format!("{}m{}", "(".repeat(32), ")".repeat(32));
    assert_eq!(unit(&text), unit("m"));
}

#[test]
fn exponents_out_of_range_are_errors() {
    let large = unit("m^2147483647");
    assert_eq!(large.multiply(&unit("m")).unwrap_err().symbol, "m");
    assert!(large.divide(&unit("1/m")).is_err());
    assert!(large.power(Ratio::whole(2)).is_err());
    assert!(unit("m^-2147483648").power(Ratio::whole(-1)).is_err());
    assert!(unit("a").divide(&unit("m^-2147483648")).is_err());
}

fn ratios() -> impl Strategy<Value = Ratio> {
    (-30_i64..=30, 1_i64..=6).prop_map(|(numerator, denominator)| {
        Ratio::new(numerator, denominator).expect("small terms fit")
    })
}

/// Products of powers of a few symbols, so that symbols often meet and cancel.
fn units() -> impl Strategy<Value = Unit> {
    let symbols = prop::sample::select(vec!["USD", "call", "year", "m_2", "µs"]);
    prop::collection::vec((symbols, ratios()), 0..5).prop_map(|powers| {
        powers.iter().fold(Unit::one(), |product, (symbol, power)| {
            product
                .multiply(&Unit::symbol(symbol).power(*power).unwrap())
                .unwrap()
        })
    })
}

proptest! {
    #[test]
    fn multiplication_is_a_commutative_group(a in units(), b in units(), c in units()) {
        let times = |a: &Unit, b: &Unit| a.multiply(b).unwrap();
        prop_assert_eq!(times(&times(&a, &b), &c), times(&a, &times(&b, &c)));
        prop_assert_eq!(times(&a, &b), times(&b, &a));
        prop_assert_eq!(times(&a, &Unit::one()), a.clone());
        prop_assert!(times(&a, &Unit::one().divide(&a).unwrap()).is_one());
        prop_assert_eq!(times(&a.divide(&b).unwrap(), &b), a);
    }

    #[test]
    fn powers_are_exponents(a in units(), b in units(), p in ratios(), q in ratios()) {
        let power = |a: &Unit, p| a.power(p).unwrap();
        prop_assert_eq!(
            power(&a, p).multiply(&power(&a, q)).unwrap(),
            power(&a, p.plus(q).unwrap())
        );
        prop_assert_eq!(power(&power(&a, p), q), power(&a, p.times(q).unwrap()));
        prop_assert_eq!(
            power(&a.multiply(&b).unwrap(), p),
            power(&a, p).multiply(&power(&b, p)).unwrap()
        );
        prop_assert_eq!(power(&a.square_root().unwrap(), Ratio::whole(2)), a.clone());
        prop_assert!(power(&a, Ratio::ZERO).is_one());
        prop_assert_eq!(power(&a, Ratio::ONE), a);
    }

    #[test]
    fn displayed_units_parse_to_themselves(a in units()) {
        prop_assert_eq!(Unit::parse(&a.to_string()), Ok(a));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-zµ€%1-9^()/*._ \u{2212}²-]{0,24}") {
        match Unit::parse(&text) {
            Ok(unit) => prop_assert_eq!(Unit::parse(&unit.to_string()), Ok(unit)),
            Err(error) => prop_assert!(text.is_char_boundary(error.at)),
        }
    }
}
