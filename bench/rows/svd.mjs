/** Singular value decomposition of a 500 x 200 matrix, factors included. */
import { setThreads } from "whetstone/kernels";
import { Matrix, multiply, norm, randomStream, svd } from "whetstone/math";

const rows_ = 500;
const cols = 200;
let X;
let theirs;
let ours_;
let peer;

export const rows = [
  {
    name: "svd-f64-500x200",
    peer: "ml-matrix",
    target: 5,
    rounds: 9,
    async prepare() {
      try {
        peer = await import("ml-matrix");
      } catch {
        return "ml-matrix is not installed (npm ci in bench/)";
      }
      const random = randomStream("svd");
      X = new Matrix(
        Float64Array.from({ length: rows_ * cols }, () => random.normal()),
        rows_,
        cols,
      );
      theirs = { X: peer.Matrix.from1DArray(rows_, cols, X.data), found: null };
    },
    ours() {
      setThreads(2);
      ours_ = svd(X);
    },
    theirs() {
      theirs.found = new peer.SVD(theirs.X, { autoTranspose: true });
    },
    quality() {
      const { U, s, Vt } = ours_;
      const scaled = U.data.map((v, i) => v * s[i % cols]);
      const back = multiply(new Matrix(scaled, rows_, cols), Vt);
      const gap =
        norm(
          new Matrix(
            back.data.map((v, i) => v - X.data[i]),
            rows_,
            cols,
          ),
          "fro",
        ) / norm(X, "fro");
      const values = theirs.found.diagonal;
      const other = Math.max(...values.map((v, i) => Math.abs(v - s[i]) / s[0]));
      return {
        ok: gap < 1e-13 && other < 1e-12,
        text: `residual ${gap.toExponential(1)}, values differ by ${other.toExponential(1)}`,
      };
    },
  },
];
