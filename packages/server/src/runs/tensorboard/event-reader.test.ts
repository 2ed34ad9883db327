import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  eventBytes,
  hparamsContent,
  type WrittenEvent,
  type WrittenTensor,
  type WrittenValue,
} from '../../testing/write-events.ts';
import { type EventFolder, EventReader } from './event-reader.ts';
import { TagTable } from './tag-table.ts';

const WALL = 1_700_000_000.25;
const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');

function newFolder(prefix = '', plugins: Readonly<Record<string, string>> = {}): EventFolder {
  return {
    run: 'r',
    tags: new TagTable(prefix, plugins),
    hparams: undefined,
    skipped: {},
    firstMs: Number.NaN,
    lastMs: Number.NaN,
  };
}

function read(events: readonly (WrittenEvent | Uint8Array)[], folder = newFolder()) {
  const reader = new EventReader();
  for (const event of events) {
    const bytes = event instanceof Uint8Array ? event : eventBytes(event);
    reader.read(folder, bytes, 0, bytes.length);
  }
  const { curves, columns, items } = reader.take();
  const points = [...columns.curveIndex].map((curve, i) => [
    curves[curve]?.metric,
    columns.steps[i],
    columns.timesMs[i],
    columns.values[i],
  ]);
  return { points, items, folder };
}

function one(value: WrittenValue, folder?: EventFolder) {
  return read([{ wallTime: WALL, step: 7, values: [value] }], folder);
}

test('a scalar keeps its step, its time to the microsecond and its float32', () => {
  const { points, folder } = read([
    { wallTime: 1_700_000_000.123456, step: 12, values: [{ tag: 'train/loss', simple: 0.1 }] },
    {
      wallTime: 1_700_000_001,
      step: 13,
      values: [
        { tag: 'train/loss', simple: Number.NaN },
        { tag: 'acc', simple: -Infinity },
      ],
    },
  ]);
  expect(points).toEqual([
    ['train/loss', 12, expect.closeTo(1_700_000_000_123.456, 3), Math.fround(0.1)],
    ['train/loss', 13, 1_700_000_001_000, Number.NaN],
    ['acc', 13, 1_700_000_001_000, -Infinity],
  ]);
  expect(folder.firstMs).toBeCloseTo(1_700_000_000_123.456, 3);
  expect(folder.lastMs).toBe(1_700_000_001_000);
});

test.each([
  [0, 0],
  [-1, -1],
  [-123_456, -123_456],
  [2 ** 31, 2 ** 31],
  [2n ** 51n, 2 ** 51],
  [-(2n ** 51n), -(2 ** 51)],
])('the step %s is exact', (step, want) => {
  expect(read([{ wallTime: WALL, step, values: [{ tag: 'a', simple: 1 }] }]).points.map(([, it]) => it)).toEqual([want]);
});

test.each([2n ** 51n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])('the step %s is refused with a count', (step) => {
  const { points, folder } = read([{ wallTime: WALL, step, values: [{ tag: 'a', simple: 1 }] }]);
  expect(points).toEqual([]);
  expect(folder.skipped).toEqual({ step: 1 });
});

test.each([Number.NaN, Infinity, 1e300, -1e15])('the wall time %s is refused with a count', (wallTime) => {
  expect(read([{ wallTime, step: 1, values: [{ tag: 'a', simple: 1 }] }]).folder.skipped).toEqual({ time: 1 });
});

test('an event without a step is of step 0, as protocol buffers leave zeros out', () => {
  expect(read([{ wallTime: WALL, values: [{ tag: 'a', simple: 1 }] }]).points).toEqual([['a', 0, WALL * 1_000, 1]]);
});

function bytesOf(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

test.each<[string, WrittenTensor, number]>([
  ['float in float_val', { dtype: 1, floats: [0.25] }, 0.25],
  ['float in tensor_content', { dtype: 1, content: bytesOf(4, (view) => view.setFloat32(0, 0.5, true)) }, 0.5],
  ['double in double_val', { dtype: 2, doubles: [0.1] }, 0.1],
  ['double in tensor_content', { dtype: 2, content: bytesOf(8, (view) => view.setFloat64(0, 0.1, true)) }, 0.1],
  ['int32', { dtype: 3, ints: { field: 7, values: [-3] } }, -3],
  ['int32, packed', { dtype: 3, ints: { field: 7, values: [5], packed: true } }, 5],
  ['int64', { dtype: 9, ints: { field: 10, values: [2 ** 40] } }, 2 ** 40],
  ['int64 in tensor_content', { dtype: 9, content: bytesOf(8, (view) => view.setBigInt64(0, -5n, true)) }, -5],
  ['uint8', { dtype: 4, ints: { field: 7, values: [200] } }, 200],
  ['int16 in tensor_content', { dtype: 5, content: bytesOf(2, (view) => view.setInt16(0, -300, true)) }, -300],
  ['uint32', { dtype: 22, ints: { field: 16, values: [4_000_000_000] } }, 4_000_000_000],
  ['bool', { dtype: 10, ints: { field: 11, values: [1] } }, 1],
  ['half 1.5', { dtype: 19, ints: { field: 13, values: [0x3e00] } }, 1.5],
  ['half, smallest', { dtype: 19, ints: { field: 13, values: [1] } }, 2 ** -24],
  ['half -Inf', { dtype: 19, ints: { field: 13, values: [0xfc00] } }, -Infinity],
  ['half NaN', { dtype: 19, content: bytesOf(2, (view) => view.setUint16(0, 0x7e01, true)) }, Number.NaN],
  ['bfloat16 -2', { dtype: 14, ints: { field: 13, values: [0xc000] } }, -2],
  ['no value at all, which is 0', { dtype: 1 }, 0],
])('a scalar tensor of %s', (_, tensor, want) => {
  expect(one({ tag: 'a', tensor, plugin: 'scalars' }).points).toEqual([['a', 7, WALL * 1_000, want]]);
  // Rank 0 is a number even where nothing says what it is for.
  expect(one({ tag: 'a', tensor }).points).toHaveLength(1);
});

test('what a tag is for is said once, and remembered', () => {
  const tensor = { dtype: 1, shape: [1], floats: [2] };
  const { points, folder } = read([
    { wallTime: WALL, step: 1, values: [{ tag: 'a', tensor, plugin: 'scalars' }] },
    { wallTime: WALL, step: 2, values: [{ tag: 'a', tensor }] },
  ]);
  expect(points).toHaveLength(2);
  expect(folder.tags.plugins()).toEqual({ a: 'scalars' });
  // Also when it was said to an earlier process.
  expect(one({ tag: 'a', tensor }, newFolder('', { a: 'scalars' })).points).toHaveLength(1);
});

function doubles(data: Uint8Array): number[] {
  return [...new Float64Array(data.slice().buffer)];
}

test('a histogram of PyTorch: empty ends go, the outer edges are the least and greatest value', () => {
  const histogram = { min: 0.5, max: 3.5, limits: [-1, 0, 1, 2, 3, 4, 1e308], counts: [0, 0, 2, 0, 5, 1, 0] };
  const { items } = one({ tag: 'w', histogram });
  expect(items.map(({ kind, tag, step }) => [kind, tag, step])).toEqual([['histogram', 'w', 7]]);
  expect(doubles(items[0]!.data)).toEqual([0.5, 1, 2, 1, 2, 0, 2, 3, 5, 3, 3.5, 1]);
});

test('an empty histogram is one, without buckets', () => {
  expect(one({ tag: 'w', histogram: { min: 0, max: 0, limits: [1], counts: [0] } }).items.map(({ data }) => data.length)).toEqual(
    [0],
  );
});

test('a histogram of TensorFlow 2 is a tensor of rows', () => {
  const tensor = { dtype: 2, shape: [2, 3], doubles: [0, 1, 5, 1, 2, 6] };
  expect(one({ tag: 'w', tensor, plugin: 'histograms' }).items.map(({ data }) => doubles(data))).toEqual([[0, 1, 5, 1, 2, 6]]);
});

test('PR curves are tensors of six rows', () => {
  const floats = Array.from({ length: 12 }, (_, i) => i / 16);
  const tensor = { dtype: 1, shape: [6, 2], floats };
  expect(one({ tag: 'pr', tensor, plugin: 'pr_curves' }).items.map(({ kind, data }) => [kind, doubles(data)])).toEqual([
    ['pr_curve', floats],
  ]);
});

test.each<[string, WrittenValue]>([
  ['a histogram', { tag: 'w', plugin: 'histograms', tensor: { dtype: 1, shape: [699_050, 3], floats: [0] } }],
  ['a histogram without any value', { tag: 'w', plugin: 'histograms', tensor: { dtype: 1, shape: [1, 3] } }],
  ['a PR curve', { tag: 'w', plugin: 'pr_curves', tensor: { dtype: 1, shape: [6, 2], floats: [0.5] } }],
])('%s that writes fewer numbers than its shape has is refused with a count', (_, value) => {
  const { items, folder } = one(value);
  expect([items, folder.skipped]).toEqual([[], { unreadable: 1 }]);
});

test('texts of one tensor are no more than the memory of a record', () => {
  const tensor = { dtype: 7, shape: [200_000], texts: Array.from({ length: 200_000 }, () => '') };
  const { items, folder } = one({ tag: 't', plugin: 'text', tensor });
  expect([items, folder.skipped]).toEqual([[], { unreadable: 1 }]);
});

test.each<[string, WrittenValue, readonly unknown[]]>([
  ['image of PyTorch', { tag: 'i', image: PNG }, [['image', 0, 'image/png', PNG.length]]],
  [
    'images of TensorFlow 2',
    { tag: 'i', plugin: 'images', tensor: { dtype: 7, shape: [4], texts: ['8', '8', PNG, Buffer.from('GIF89a')] } },
    [
      ['image', 0, 'image/png', PNG.length],
      ['image', 1, 'image/gif', 6],
    ],
  ],
  ['audio of PyTorch', { tag: 's', audio: Buffer.from('RIFF....WAVEfmt ') }, [['audio', 0, 'audio/wav', 16]]],
  [
    'audio of TensorFlow 2, with labels',
    { tag: 's', plugin: 'audio', tensor: { dtype: 7, shape: [2, 2], texts: ['OggS1', 'one', 'OggS22', 'two'] } },
    [
      ['audio', 0, 'audio/ogg', 5],
      ['audio', 1, 'audio/ogg', 6],
    ],
  ],
  ['text', { tag: 't', plugin: 'text', tensor: { dtype: 7, texts: ['**é**'] } }, [['text', 0, '', 6]]],
  ['HTML that says it is an image', { tag: 'i', image: Buffer.from('<script>') }, [['image', 0, 'application/octet-stream', 8]]],
])('%s', (_, value, want) => {
  const { items } = one(value);
  expect(items.map(({ kind, index, mediaType, data }) => [kind, index, mediaType, data.length])).toEqual(want);
});

test('text that is no UTF-8 is kept as far as it is', () => {
  const { items } = one({ tag: 't', plugin: 'text', tensor: { dtype: 7, texts: [Uint8Array.of(0x61, 0xff)] } });
  expect(items.map(({ data }) => new TextDecoder().decode(data))).toEqual(['a\ufffd']);
});

test('hyperparameters of all types, a group and an end', () => {
  const tag = '_hparams_/session_start_info';
  const { folder, items, points } = read([
    {
      wallTime: WALL,
      values: [{ tag, plugin: 'hparams', content: hparamsContent({ hparams: { lr: 0.1, opt: 'adam', on: true }, group: 'g' }) }],
    },
    {
      wallTime: WALL,
      values: [
        {
          tag: '_hparams_/session_end_info',
          plugin: 'hparams',
          // TensorFlow 2 writes an empty tensor beside the metadata.
          tensor: { dtype: 1 },
          content: hparamsContent(undefined, { status: 2, endSeconds: 1_700_000_050 }),
        },
      ],
    },
  ]);
  expect(folder.hparams).toEqual({
    params: { lr: '0.1', opt: 'adam', on: 'true' },
    group: 'g',
    startedMs: undefined,
    end: { status: 'failed', endedMs: 1_700_000_050_000 },
  });
  expect([items, points]).toEqual([[], []]);
});

test.each([1.7e12, 1.7e18, Infinity, Number.NaN, 0])('a session that ended at %s s has no end that is kept', (endSeconds) => {
  const content = hparamsContent(undefined, { status: 1, endSeconds });
  const { folder } = one({ tag: '_hparams_/session_end_info', plugin: 'hparams', content });
  expect(folder.hparams?.end).toEqual({ status: 'finished', endedMs: undefined });
});

test.each<[string, WrittenValue, string]>([
  ['a mesh', { tag: 'm', plugin: 'mesh', tensor: { dtype: 1, shape: [1, 2], floats: [1, 2] } }, 'kind'],
  ['a vector that is nothing', { tag: 'm', tensor: { dtype: 1, shape: [3], floats: [1] } }, 'kind'],
  ['a layout', { tag: 'm', plugin: 'custom_scalars', tensor: { dtype: 7, texts: ['x'] } }, 'kind'],
  [
    'a shape of more than there is memory',
    { tag: 'm', plugin: 'histograms', tensor: { dtype: 1, shape: [2 ** 40, 3], floats: [1] } },
    'large',
  ],
  ['a value of 17 MiB', { tag: 'i', image: new Uint8Array(17 * 1024 * 1024) }, 'large'],
  ['no tag', { tag: '', simple: 1 }, 'name'],
  ['a tag of 1,001 characters', { tag: 'x'.repeat(1_001), simple: 1 }, 'name'],
  [
    'content that does not fit its shape',
    { tag: 'm', plugin: 'scalars', tensor: { dtype: 1, content: new Uint8Array(3) } },
    'unreadable',
  ],
])('%s is left out with a count', (_, value, reason) => {
  const { points, items, folder } = one(value);
  expect([points, items, folder.skipped]).toEqual([[], [], { [reason]: 1 }]);
});

test('names with slashes, dots and emoji stay as they are', () => {
  expect(
    read([{ wallTime: WALL, values: ['a/b.c', '🚀', '../x'].map((tag) => ({ tag, simple: 1 })) }]).points.map(([name]) => name),
  ).toEqual(['a/b.c', '🚀', '../x']);
});

test('a prefix goes before every tag', () => {
  expect(one({ tag: 'epoch_loss', simple: 1 }, newFolder('train/')).points[0]?.[0]).toBe('train/epoch_loss');
});

test('no bytes at all make it throw or keep what is no value', () => {
  const event = Buffer.from(
    eventBytes({
      wallTime: WALL,
      step: 3,
      values: [
        { tag: 'a', simple: 1 },
        { tag: 'w', plugin: 'histograms', tensor: { dtype: 2, shape: [1, 3], doubles: [0, 1, 5] } },
        { tag: 'h', histogram: { min: 0, max: 1, limits: [0, 1], counts: [1, 1] } },
      ],
    }),
  );
  const kinds = new Set(['histogram', 'image', 'text', 'audio', 'pr_curve']);
  const check = (bytes: Uint8Array): void => {
    const { points, items } = read([bytes]);
    for (const [, step, timeMs] of points) {
      expect(Number.isSafeInteger(step)).toBe(true);
      expect(Number.isFinite(timeMs)).toBe(true);
    }
    for (const item of items) expect(kinds.has(item.kind)).toBe(true);
  };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: event.length - 1 }), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      (hits) => {
        const bytes = Uint8Array.from(event);
        for (const [at, byte] of hits) bytes[at] = byte;
        check(bytes);
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
});
