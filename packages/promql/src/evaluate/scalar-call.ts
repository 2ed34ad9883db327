import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Call } from '../ast.ts';
import { dropHistograms } from './column.ts';
import type { Evaluator } from './evaluator.ts';
import { gridTimes, type Grid } from './grid.ts';

/** A function that gives a scalar: its value at each step. */
export async function scalarCall(evaluator: Evaluator, call: Call, grid: Grid): Promise<Float64Array> {
  const { name, args } = call;
  switch (name) {
    case 'time':
      return gridTimes(grid).map((ms) => ms / 1000);
    case 'pi':
      return new Float64Array(grid.count).fill(Math.PI);
    case 'start':
      return new Float64Array(grid.count).fill(evaluator.query.startMs / 1000);
    case 'end':
      return new Float64Array(grid.count).fill(evaluator.query.endMs / 1000);
    case 'step':
      return new Float64Array(grid.count).fill(evaluator.span.stepMs / 1000);
    case 'range':
      return new Float64Array(grid.count).fill(evaluator.span.rangeMs / 1000);
    case 'min_of':
    case 'max_of': {
      const [left, right] = [await evaluator.scalar(args[0]!, grid), await evaluator.scalar(args[1]!, grid)];
      return left.map((value, i) => (name === 'min_of' ? Math.min(value, right[i]!) : Math.max(value, right[i]!)));
    }
    case 'scalar': {
      const values = new Float64Array(grid.count).fill(Number.NaN);
      const seen = new Uint8Array(grid.count);
      await evaluator.stream(args[0]!, grid, (column) => {
        dropHistograms(column);
        for (let i = 0; i < grid.count; i++) {
          if (column.present[i] === 0) continue;
          values[i] = seen[i] === 0 ? column.values[i]! : Number.NaN;
          seen[i] = 1;
        }
      });
      return values;
    }
    default:
      throw new QueryError('unsupported', `the function ${name}() is not supported yet`, call.span);
  }
}
