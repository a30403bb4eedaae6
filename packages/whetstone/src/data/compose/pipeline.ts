import {
  argumentError,
  type ClassifierModel,
  custom,
  type EstimatorKind,
  type FitOptions,
  type FittedTransform,
  isTransforms,
  type Label,
  type MatrixLike,
  Model,
  NamedMatrix,
  type ParamTable,
  Spec,
  type TextLike,
  type Transforms,
  throwIfAborted,
  WhetstoneError,
} from "../../contract/index.ts";
import { Matrix } from "../../math/index.ts";

type AnySpec = Spec<ParamTable>;
/** Steps by name: transformers, then one estimator of any kind. */
export type PipelineSteps<Last extends AnySpec = AnySpec> = readonly [
  ...(readonly [string, Transforms])[],
  readonly [string, Last],
];

const params = {
  steps: custom<PipelineSteps>({
    default: [] as unknown as PipelineSteps,
    doc: "Steps as [name, estimator]: transformers, then one estimator of any kind",
    expected: "a list of [name, estimator] with different names, all but the last being transformers",
    accepts: isSteps,
  }),
};

function isSteps(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const names = new Set<string>();
  return value.every((step: unknown, i) => {
    if (!Array.isArray(step) || step.length !== 2) return false;
    const [name, spec] = step as [unknown, unknown];
    if (typeof name !== "string" || name === "" || name.includes("__") || names.has(name)) return false;
    names.add(name);
    return i === value.length - 1 ? spec instanceof Spec : isTransforms(spec);
  });
}

/** What the last step's `fit` gives. */
type FittedBy<Last> = Last extends { fit(...args: never[]): infer M } ? M : Model;
/** The same, with the labels' own type where it is a classifier. */
type Fitted<Last, L extends Label> = Last extends { readonly kind: "classifier" }
  ? FittedBy<Last> & ClassifierModel<L>
  : FittedBy<Last>;

/**
 * Transformers and an estimator as one estimator. Everything is fitted on the rows given to `fit` only, so that
 * cross-validating the pipeline leaks nothing from the validation rows.
 *
 * A nested parameter is changed by `step__parameter`.
 *
 * @example
 * const spec = new Pipeline({ steps: [["scale", new StandardScaler()], ["model", new Ridge({ alpha: 1 })]] });
 * const model = spec.fit([[1, 10], [2, 30], [3, 20]], [1, 2, 3]);
 * model.predict([[2, 20]]).length; // 1
 * spec.with({ model__alpha: 10 }).step("model").params.alpha; // 10
 */
export class Pipeline<Last extends AnySpec = AnySpec> extends Spec<typeof params> {
  static readonly typeName = "Pipeline";
  static readonly params = params;
  readonly kind: EstimatorKind;

  constructor(given: { readonly steps: PipelineSteps<Last> }) {
    super(Pipeline.typeName, params, given as never);
    if (this.params.steps.length === 0) throw argumentError("Pipeline", "steps", [], params.steps.expected);
    this.kind = this.#last.kind;
  }

  static fromState(state: unknown): Pipeline {
    return new Pipeline(state as { steps: PipelineSteps });
  }

  get #last(): AnySpec {
    return this.params.steps.at(-1)![1];
  }

  /** The estimator of a step. */
  step(name: string): AnySpec {
    const found = this.params.steps.find(([n]) => n === name);
    if (!found) {
      const names = this.params.steps.map(([n]) => n).join(", ");
      throw argumentError("Pipeline.step", "name", name, `one of ${names}`);
    }
    return found[1];
  }

  /** A copy with other steps, or with parameters of steps changed: `{ model__alpha: 10 }`. */
  override with(changes: { readonly [name: string]: unknown }): this {
    let steps: readonly (readonly [string, AnySpec])[] = this.params.steps;
    for (const [name, value] of Object.entries(changes)) {
      if (name === "steps") {
        steps = value as PipelineSteps;
        continue;
      }
      const cut = name.indexOf("__");
      const step = cut > 0 ? name.slice(0, cut) : "";
      if (!steps.some(([n]) => n === step)) {
        const known = steps.map(([n]) => `${n}__...`).join(", ");
        throw argumentError("Pipeline", "params", name, `steps or one of ${known}`);
      }
      const parameter = name.slice(cut + 2);
      steps = steps.map(([n, spec]) => [n, n === step ? spec.with({ [parameter]: value } as never) : spec]);
    }
    return new Pipeline({ steps: steps as PipelineSteps }) as unknown as this;
  }

  fit<L extends Label>(
    X: TextLike,
    y?: ArrayLike<L> | null,
    options: FitOptions = {},
  ): PipelineModel<Fitted<Last, L>> {
    throwIfAborted(options.signal, "Pipeline.fit");
    const { models, flow } = this.#fitSteps(this.params.steps.slice(0, -1), X, y, options);
    try {
      const last = this.#last as unknown as { fit(X: TextLike, y: unknown, options: FitOptions): Model };
      const model = last.fit(flow, y ?? null, options);
      return new PipelineModel([...models, [this.params.steps.at(-1)![0], model]]);
    } catch (error) {
      throw inStep("Pipeline.fit", error);
    }
  }

  /** Fits, and gives the training rows transformed, where the last step is a transformer. */
  fitTransform(
    X: TextLike,
    y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): { model: PipelineModel<FittedTransform>; transformed: MatrixLike } {
    const where = "Pipeline.fitTransform";
    if (this.kind !== "transformer") {
      throw new WhetstoneError(
        "unsupported",
        { where },
        `the last step is a ${this.kind}, expected a transformer`,
      );
    }
    const { models, flow } = this.#fitSteps(this.params.steps, X, y, options);
    return { model: new PipelineModel(models), transformed: flow as MatrixLike };
  }

  /** Fits transformers one after the other; the flow is what comes out of the last of them. */
  #fitSteps(
    steps: readonly (readonly [string, AnySpec])[],
    X: TextLike,
    y: ArrayLike<Label> | null | undefined,
    options: FitOptions,
  ): { models: (readonly [string, Model])[]; flow: TextLike } {
    const { onProgress, ...quiet } = options;
    const models: (readonly [string, Model])[] = [];
    let flow: TextLike = X;
    try {
      for (const [name, spec] of steps) {
        const { model, transformed } = (spec as Transforms).fitTransform(flow, y ?? null, quiet);
        models.push([name, model]);
        flow = withNames(transformed, model);
      }
    } catch (error) {
      throw inStep("Pipeline.fit", error);
    }
    return { models, flow };
  }

  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync<L extends Label>(
    X: TextLike,
    y?: ArrayLike<L> | null,
    options: FitOptions = {},
  ): Promise<PipelineModel<Fitted<Last, L>>> {
    return this.fitElsewhere(X, y, options) as Promise<PipelineModel<Fitted<Last, L>>>;
  }
}

/** Names of the columns travel on, so that importances and messages can use them. */
function withNames(output: MatrixLike, model: FittedTransform): MatrixLike {
  if (!(output instanceof Matrix) || output instanceof NamedMatrix) return output;
  const names = model.outputNames();
  if (names.length !== output.cols || !(output.data instanceof Float64Array)) return output;
  return new NamedMatrix(output.data, output.rows, names);
}

/** A sentence of a step, led by the pipeline. */
function inStep(where: string, error: unknown): unknown {
  if (!(error instanceof WhetstoneError) || error.name === "AbortError") return error;
  return new WhetstoneError(error.code, { ...error.fields, where, step: error.fields.where }, error.message);
}

type Predicted<M> = M extends { predict(X: TextLike): infer R } ? R : never;
type Proba<M> = M extends { predictProba(X: TextLike): infer R } ? R : never;
type Transformed<M> = M extends { transform(X: TextLike): infer R } ? R : never;

/** What {@link Pipeline} learned: the models of all steps. It predicts or transforms as its last step does. */
export class PipelineModel<M = Model> extends Model {
  static readonly typeName = "PipelineModel";
  readonly steps: readonly (readonly [string, Model])[];

  constructor(steps: readonly (readonly [string, Model])[]) {
    super(steps[0]![1].schema);
    this.steps = steps;
  }

  /** The model of the last step. */
  get last(): M {
    return this.steps.at(-1)![1] as M;
  }

  /** The labels, where the last step is a classifier. */
  get classes(): M extends { readonly classes: infer C } ? C : never {
    return (this.last as { classes: never }).classes;
  }

  /** The features as the last step sees them. */
  features(X: TextLike): TextLike {
    let flow: TextLike = X;
    for (const [, model] of this.steps.slice(0, -1)) {
      flow = withNames((model as FittedTransform).transform(flow), model as FittedTransform);
    }
    return flow;
  }

  predict(X: TextLike): Predicted<M> {
    return this.#ask("predict", X) as Predicted<M>;
  }

  predictProba(X: TextLike): Proba<M> {
    return this.#ask("predictProba", X) as Proba<M>;
  }

  /** Whether the last step is a classifier that gives probabilities. */
  get givesProbabilities(): boolean {
    return (this.last as { readonly givesProbabilities?: boolean }).givesProbabilities ?? false;
  }

  transform(X: TextLike): Transformed<M> {
    return this.#ask("transform", X) as Transformed<M>;
  }

  /** Names of the columns that `transform` gives, where the last step is a transformer. */
  outputNames(): readonly string[] {
    const last = this.last as Partial<FittedTransform>;
    if (typeof last.outputNames !== "function") {
      throw new WhetstoneError(
        "unsupported",
        { where: "PipelineModel.outputNames" },
        "the last step is not a transformer",
      );
    }
    return last.outputNames();
  }

  #ask(method: "predict" | "predictProba" | "transform", X: TextLike): unknown {
    const where = `PipelineModel.${method}`;
    const last = this.last as Partial<Record<typeof method, (X: TextLike) => unknown>>;
    if (typeof last[method] !== "function") {
      const name = this.steps.at(-1)![0];
      throw new WhetstoneError("unsupported", { where }, `the last step (${name}) has no ${method}`);
    }
    try {
      return last[method](this.features(X));
    } catch (error) {
      throw inStep(where, error);
    }
  }

  override toState(): unknown {
    return { steps: this.steps };
  }

  static fromState(state: unknown): PipelineModel {
    return new PipelineModel((state as { steps: readonly (readonly [string, Model])[] }).steps);
  }
}
