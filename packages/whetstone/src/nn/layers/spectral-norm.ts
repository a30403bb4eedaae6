import { argumentError } from "../../errors.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { substitute } from "../substitute.ts";
import { requireCount } from "./check.ts";

/** How exactly the largest singular value is followed. */
export interface SpectralNormOptions extends Seeded {
  /** Steps of the power iteration for each training pass. Default 1. */
  readonly iterations?: number;
  /** Keeps divisors from zero. Default 1e-12. */
  readonly eps?: number;
}

const unit = (x: Tensor, eps: number): Tensor => x.div(x.square().sum().sqrt().maximum(eps));

/**
 * A layer whose weight is divided by its largest singular value, found by power iteration from the vectors of the
 * pass before (Miyato et al. 2018): the layer as a linear map stretches nothing by more than 1. For weights
 * [out, ...], read as a matrix of `out` rows.
 */
export class SpectralNorm extends Module {
  static override readonly typeName: string = "SpectralNorm";
  readonly layer: Module & { weight: Tensor };
  readonly iterations: number;
  readonly eps: number;
  u: Tensor;
  v: Tensor;

  constructor(layer: Module & { weight: Tensor }, options: SpectralNormOptions = {}) {
    super();
    if (!(layer?.weight instanceof Tensor && layer.weight.rank >= 2)) {
      throw argumentError("SpectralNorm", "layer", layer, "a layer with a weight of two axes or more");
    }
    this.layer = layer;
    this.iterations = requireCount("SpectralNorm", "iterations", options.iterations ?? 1);
    this.eps = options.eps ?? 1e-12;
    const stream = initStream(options.seed);
    const [rows, columns] = this.#matrix().shape as [number, number];
    const start = (n: number) =>
      unit(Tensor.from(Float32Array.from({ length: n }, () => stream.normal())), this.eps);
    this.u = start(rows);
    this.v = start(columns);
    noGrad(() => this.#iterate(15));
    this.u.become(this.u);
    this.v.become(this.v);
  }

  #matrix(): Tensor {
    return this.layer.weight.reshape([this.layer.weight.shape[0]!, -1]);
  }

  #iterate(steps: number): void {
    const w = this.#matrix().detach();
    let { u, v } = this;
    for (let i = 0; i < steps; i++) {
      u = unit(w.matmul(v.unsqueeze(1)).squeeze(1), this.eps);
      v = unit(w.transpose().matmul(u.unsqueeze(1)).squeeze(1), this.eps);
    }
    this.u.assign(u);
    this.v.assign(v);
  }

  /** u^T W v: the estimate of the largest singular value, as of the last pass. */
  sigma(): Tensor {
    const { u, v } = this;
    return u
      .detach()
      .mul(this.#matrix().matmul(v.detach().unsqueeze(1)).squeeze(1))
      .sum();
  }

  override forward(x: Tensor): Tensor {
    if (this.training) noGrad(() => this.#iterate(this.iterations));
    const { layer } = this;
    const weight = layer.weight.div(this.sigma());
    return substitute(
      layer,
      (_, p) => (p === layer.weight ? weight : p),
      () => layer.forward(x),
    );
  }
}
