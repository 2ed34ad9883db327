/** Two-sided 95 % limits of Student's t by degrees of freedom, computed once each. */
const limits = new Map<number, number>();

/** The t that a Student variable of so many degrees of freedom (1 or more) stays below with 97.5 %. */
export function studentT975(degrees: number): number {
  let limit = limits.get(degrees);
  if (limit === undefined) limits.set(degrees, (limit = findLimit(degrees)));
  return limit;
}

function findLimit(degrees: number): number {
  // The tail falls in t: between the normal limit and that of one degree, 12.706.
  let low = 1.9;
  let high = 13;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (upperTail(middle, degrees) > 0.025) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T > t) = ½·I(ν / (ν + t²); ν/2, ½), the regularised incomplete beta function. */
function upperTail(t: number, degrees: number): number {
  return 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** By Lentz's continued fraction (Abramowitz and Stegun 26.5.8). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    for (const factor of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / nonZero(1 + factor * d, tiny);
      c = nonZero(1 + factor / c, tiny);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Stirling's series, above 7 exact to the last digits; smaller arguments are carried there. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 7) shift -= Math.log(z++);
  const inverse = 1 / (z * z);
  const series = (1 / 12 + inverse * (-1 / 360 + inverse * (1 / 1260 + inverse * (-1 / 1680 + inverse / 1188)))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
