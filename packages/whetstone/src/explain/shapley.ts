import { argumentError, requireFunction, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";

/** Above this the 2^players coalitions are more than a million. */
export const mostPlayers = 20;

export function requirePlayers(players: number, where: string, argument: string): void {
  if (!Number.isInteger(players) || players < 1 || players > mostPlayers)
    throw argumentError(where, argument, players, `a whole number from 1 to ${mostPlayers}`);
}

/**
 * Share of the orders of all players in which exactly the s members of one coalition stand before one player, for
 * s = 0 to players - 1: s! (players - s - 1)! / players!. Over all coalitions without that player they sum to 1.
 *
 * @param players 1 to 20
 * @throws WhetstoneError where `players` is anything else
 * @example
 * shapleyWeights(3); // [0.3333333333333333, 0.16666666666666666, 0.3333333333333333]
 */
export function shapleyWeights(players: number): Float64Array {
  requirePlayers(players, "shapleyWeights", "players");
  return weightsOf(players);
}

/** 1 / (players times the number of coalitions of s others). */
function weightsOf(players: number): Float64Array {
  let choices = 1; // players - 1 over s
  return Float64Array.from({ length: players }, (_, s) => {
    if (s > 0) choices = (choices * (players - s)) / s;
    return 1 / (players * choices);
  });
}

/**
 * Shapley values of any game, by its definition: player i's value is the mean, over all orders of the players, of what
 * i adds to the coalition of those before it (Shapley, "A value for n-person games", 1953). Calls `game` once for each
 * of the 2^players coalitions.
 *
 * The values are the only ones that add up to the game's whole (efficiency), are equal for players that add the same
 * everywhere (symmetry), 0 for one that never adds anything (dummy), and of a sum of games the sum (additivity).
 *
 * @param game worth of a coalition, given as the ascending numbers of its players; they count from 0
 * @param players number of players, 1 to 20
 * @returns one value per player; together they are the worth of all less the worth of none
 * @throws WhetstoneError where `players` is out of range, or a worth is no finite number
 * @example
 * // Player 0 holds a left glove, 1 and 2 a right one; only pairs sell.
 * shapleyValues((coalition) => (coalition.includes(0) && coalition.length > 1 ? 6 : 0), 3); // [4, 1, 1]
 */
export function shapleyValues(game: (coalition: readonly number[]) => number, players: number): Float64Array {
  const where = "shapleyValues";
  requireFunction(where, "game", game);
  requirePlayers(players, where, "players");
  const worth = Matrix.zeros(2 ** players, 1);
  for (let set = 0; set < worth.rows; set++) {
    const coalition = membersOf(set, players);
    const found = game(coalition);
    if (!Number.isFinite(found))
      throw valueError(where, "game", `is ${String(found)} for [${coalition}], expected a finite number`);
    worth.data[set] = found;
  }
  return valuesOf(worth).data;
}

/** Players whose bit is set, ascending. */
function membersOf(set: number, players: number): number[] {
  const members: number[] = [];
  for (let i = 0; i < players; i++) if ((set >> i) & 1) members.push(i);
  return members;
}

/** Values of several games at once: 2^players x games in (row = coalition, by its bits), players x games out. */
export function valuesOf(worth: Matrix): Matrix {
  const { rows, cols, data } = worth;
  const players = Math.log2(rows);
  const weights = weightsOf(players);
  const values = Matrix.zeros(players, cols);
  for (let set = 0; set < rows; set++) {
    let size = 0;
    for (let rest = set; rest !== 0; rest &= rest - 1) size++;
    const weight = weights[size]!;
    for (let i = 0; i < players; i++) {
      if ((set >> i) & 1) continue;
      const [without, joined, to] = [set * cols, (set | (1 << i)) * cols, i * cols];
      for (let k = 0; k < cols; k++)
        values.data[to + k] = values.data[to + k]! + weight * (data[joined + k]! - data[without + k]!);
    }
  }
  return values;
}
