// The product of three lognormals in Squiggle, by samples: `node squiggle.mjs TRIALS`. Prints one line of JSON.
// Samples are asked for: of plain lognormals Squiggle would find the product by algebra.
import { performance } from "node:perf_hooks";
import { run } from "@quri/squiggle-lang";

const trials = Number(process.argv[2]);
const levels = [0.01, 0.025, ...Array.from({ length: 19 }, (_, k) => Math.round(5 * (k + 1)) / 100), 0.975, 0.99];
const code = `
users = SampleSet.fromDist(Sym.lognormal(13, 0.5))
share = SampleSet.fromDist(Sym.lognormal(-2, 0.4))
price = SampleSet.fromDist(Sym.lognormal(1, 0.3))
revenue = users * share * price
[mean(revenue), stdev(revenue), min(revenue), max(revenue), ${levels.map((p) => `quantile(revenue, ${p})`).join(", ")}]
`;
const environment = { sampleCount: trials, xyPointLength: 1000, profile: false, seed: "fanfare" };

async function once(seed) {
  const start = performance.now();
  const output = await run(code, { environment: { ...environment, seed } });
  const seconds = (performance.now() - start) / 1000;
  if (!output.result.ok) throw new Error(output.result.value.toString());
  return { seconds, values: output.result.value.result.asJS() };
}

await once("warm");
const { seconds, values } = await once(`run-${process.argv[3] ?? 1}`);
console.log(JSON.stringify({ name: "squiggle", trials, seconds, values }));
