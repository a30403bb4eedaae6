import { int, optional, type ParamInput, parseParams, real, seed } from "../../contract/index.ts";
import { type RandomStream, randomStream } from "../../math/index.ts";
import { booleanColumn, dateColumn } from "../table/column.ts";
import { Table } from "../table/table.ts";

/** What lies behind a payment: the holder, or one of three ways of fraud. */
export const SCENARIOS = ["honest", "stolen card", "card testing", "account takeover"] as const;
/** What lies behind a payment: `"honest"`, `"stolen card"`, `"card testing"` or `"account takeover"`. */
export type FraudScenario = (typeof SCENARIOS)[number];

const MERCHANTS = ["groceries", "fuel", "electronics", "travel", "digital goods", "restaurant"] as const;

/** How payments of a scenario look. Given the scenario and the customer, the columns are independent. */
interface Habits {
  /** Mean of log amount, above the customer's own. */
  readonly amount: number;
  readonly amountSd: number;
  /** Weights of the 24 hours. */
  readonly hours: readonly number[];
  readonly merchants: readonly number[];
  readonly online: number;
  readonly newDevice: number;
  /** Mean and deviation of log kilometres from home. */
  readonly distance: readonly [number, number];
}

/** Weight of each hour: a day around `middle` as wide as `width`, and a floor. */
const around = (middle: number, width: number, floor: number) =>
  Array.from({ length: 24 }, (_, h) => {
    const away = Math.min(Math.abs(h - middle), 24 - Math.abs(h - middle));
    return floor + Math.exp(-0.5 * (away / width) ** 2);
  });

const HABITS: Readonly<Record<FraudScenario, Habits>> = {
  honest: {
    amount: 0,
    amountSd: 0.6,
    hours: around(15, 4, 0.02),
    merchants: [6, 3, 1, 0.5, 1.5, 3],
    online: 0.3,
    newDevice: 0.03,
    distance: [1.2, 0.9],
  },
  "stolen card": {
    amount: 1.4,
    amountSd: 0.7,
    hours: around(17, 5, 0.1),
    merchants: [1, 2, 5, 2, 1, 1],
    online: 0.1,
    newDevice: 0.05,
    distance: [3.2, 1],
  },
  "card testing": {
    amount: -2.2,
    amountSd: 0.5,
    hours: around(3, 2.5, 0.1),
    merchants: [0.2, 0.2, 0.5, 0.2, 8, 0.2],
    online: 0.99,
    newDevice: 0.8,
    distance: [1.2, 0.9],
  },
  "account takeover": {
    amount: 1,
    amountSd: 0.8,
    hours: around(1, 4, 0.1),
    merchants: [0.2, 0.2, 4, 4, 3, 0.2],
    online: 0.95,
    newDevice: 0.9,
    distance: [1.4, 1],
  },
};
/** Shares of the ways of fraud, before and after they change. */
const BEFORE = [0.6, 0.25, 0.15] as const;
const AFTER = [0.1, 0.25, 0.65] as const;
const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

const FRAUD = {
  nSamples: int({ min: 1, default: 5000, doc: "Payments" }),
  nCustomers: int({ min: 1, default: 200, doc: "Customers, each with a usual amount" }),
  days: int({ min: 1, default: 90, doc: "Days over which the payments are spread" }),
  fraudShare: real({
    min: 0,
    max: 1,
    exclusiveMin: true,
    exclusiveMax: true,
    default: 0.02,
    doc: "Probability that a payment is fraud",
  }),
  changeDay: optional(
    int({
      min: 0,
      default: 0,
      doc: "Day from which thieves turn from stolen cards to taking over accounts; null never",
    }),
  ),
  seed: seed(),
} as const;

/** Payments of {@link makeFraud}, with what nobody knows of real ones. */
export interface FraudData {
  /**
   * Payments in the order of time: `time`, `customer`, `amount`, `usualAmount` (of the customer), `hour`, `merchant`,
   * `online`, `newDevice`, `distanceKm`, and the label `fraud`.
   */
  readonly table: Table;
  /** What lies behind each payment. */
  readonly scenario: readonly FraudScenario[];
  /** P(fraud | row), exact: no model can rank better than this. */
  readonly probability: Float64Array;
}

/**
 * Card payments of customers, some of them fraud in one of three ways: a stolen card (large sums far from home), card
 * testing (tiny sums at night for digital goods) and account takeover (a new device, large online sums). The true
 * probability of every payment is told, and the day on which the thieves change their ways can be set.
 *
 * @example
 * const { table, probability } = makeFraud({ nSamples: 1000, seed: 1 });
 * probability.every((p) => p > 0 && p < 1) && table.names.at(-1); // "fraud"
 */
export function makeFraud(options: ParamInput<typeof FRAUD> = {}): FraudData {
  const p = parseParams("makeFraud", FRAUD, options);
  const random = randomStream(p.seed);
  const usual = Float64Array.from({ length: p.nCustomers }, () => random.normal(3.3, 0.6));
  const days = Float64Array.from({ length: p.nSamples }, () => Math.floor(random.uniform(0, p.days))).sort();
  const scenario: FraudScenario[] = [];
  const rows = Array.from(days, (day) => {
    const customer = random.int(p.nCustomers);
    const ways = p.changeDay !== null && day >= p.changeDay ? AFTER : BEFORE;
    const shares = [1 - p.fraudShare, ...ways.map((w) => w * p.fraudShare)];
    const kind = SCENARIOS[random.categorical(shares)]!;
    scenario.push(kind);
    const row = payment(HABITS[kind], usual[customer]!, random);
    const weights = SCENARIOS.map(
      (s, k) => Math.log(shares[k]!) + logDensity(HABITS[s], usual[customer]!, row),
    );
    const most = Math.max(...weights);
    const exp = weights.map((w) => Math.exp(w - most));
    const [honest, ...fraud] = exp as [number, ...number[]];
    const bad = fraud.reduce((a, b) => a + b, 0);
    const time = START + day * DAY + row.hour * 3_600_000 + random.int(3_600_000);
    return { customer, row, time, probability: bad / (honest + bad) };
  });
  const order = Array.from(rows.keys()).sort((a, b) => rows[a]!.time - rows[b]!.time || a - b);
  const column = <T>(of: (r: (typeof rows)[number]) => T) => order.map((i) => of(rows[i]!));
  const table = Table.fromColumns({
    time: dateColumn(column((r) => r.time)),
    customer: column((r) => `c${String(r.customer).padStart(4, "0")}`),
    amount: column((r) => Math.exp(r.row.logAmount)),
    usualAmount: column((r) => Math.exp(usual[r.customer]!)),
    hour: column((r) => r.row.hour),
    merchant: column((r) => MERCHANTS[r.row.merchant]!),
    online: booleanColumn(column((r) => r.row.online)),
    newDevice: booleanColumn(column((r) => r.row.newDevice)),
    distanceKm: column((r) => Math.exp(r.row.logDistance)),
    fraud: booleanColumn(order.map((i) => scenario[i] !== "honest")),
  });
  return {
    table,
    scenario: order.map((i) => scenario[i]!),
    probability: Float64Array.from(column((r) => r.probability)),
  };
}

interface Payment {
  readonly logAmount: number;
  readonly hour: number;
  readonly merchant: number;
  readonly online: boolean;
  readonly newDevice: boolean;
  readonly logDistance: number;
}

function payment(h: Habits, usual: number, random: RandomStream): Payment {
  return {
    logAmount: random.normal(usual + h.amount, h.amountSd),
    hour: random.categorical(h.hours),
    merchant: random.categorical(h.merchants),
    online: random.bernoulli(h.online),
    newDevice: random.bernoulli(h.newDevice),
    logDistance: random.normal(h.distance[0], h.distance[1]),
  };
}

/** Up to a constant that all scenarios share. */
function logDensity(h: Habits, usual: number, row: Payment): number {
  const normal = (x: number, mean: number, sd: number) => -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd);
  const category = (weights: readonly number[], k: number) =>
    Math.log(weights[k]! / weights.reduce((a, b) => a + b, 0));
  const chance = (p: number, yes: boolean) => Math.log(yes ? p : 1 - p);
  return (
    normal(row.logAmount, usual + h.amount, h.amountSd) +
    category(h.hours, row.hour) +
    category(h.merchants, row.merchant) +
    chance(h.online, row.online) +
    chance(h.newDevice, row.newDevice) +
    normal(row.logDistance, h.distance[0], h.distance[1])
  );
}
