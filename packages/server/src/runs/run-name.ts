import { randomInt } from 'node:crypto';

const MOODS =
  'able amber ample bold brave bright brisk calm clear clever cosy deft eager early fair fond gentle glad golden grand green happy hardy jolly keen kind lively lucky mellow merry mild neat nimble noble patient plucky proud quick quiet rapid ready rosy sharp silent silver sleek smooth snug solid steady still sunny swift tidy warm wise witty'.split(
    ' ',
  );
const ANIMALS =
  'badger bear beaver bison crane crow deer dove duck eagle egret elk falcon ferret finch fox gecko goose hare hawk heron ibis jay kite koala lark lemur lion lynx marten mole moose moth mouse newt otter owl panda perch pika pike puffin quail rabbit raven robin salmon seal shrew skylark sparrow stoat stork swan swift tern tiger toad trout vole whale wolf wren'.split(
    ' ',
  );

/** A name for a run that has none, easy to say and to find again: "calm-otter-17". */
export function madeUpName(): string {
  return `${MOODS[randomInt(MOODS.length)]!}-${ANIMALS[randomInt(ANIMALS.length)]!}-${randomInt(1, 100)}`;
}
