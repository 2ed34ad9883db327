/** Distances, directions and areas on the globe, taken as a sphere: at most 0.6 % off the ellipsoid. */

/** Degrees: longitude first, as GeoJSON has it (RFC 7946, §3.1.1). */
export type Position = readonly [lng: number, lat: number];

/** The mean radius R1 of WGS 84 in metres (H. Moritz, Geodetic Reference System 1980). */
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** Metres from one point to another on the shortest way: the haversine formula (R. W. Sinnott, Virtues of the Haversine, 1984). */
export function distanceM(from: Position, to: Position): number {
  const byLat = Math.sin(((to[1] - from[1]) * RADIANS) / 2);
  const byLng = Math.sin(((to[0] - from[0]) * RADIANS) / 2);
  const square = byLat * byLat + Math.cos(from[1] * RADIANS) * Math.cos(to[1] * RADIANS) * byLng * byLng;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(square)));
}

/**
 * The direction in which one sets out on the shortest way, in degrees clockwise from north: [0, 360). Undefined where both are one
 * point. (E. Williams, Aviation Formulary, "Course between points".)
 */
export function headingDegrees(from: Position, to: Position): number | undefined {
  if (distanceM(from, to) === 0) return undefined;
  const byLng = (to[0] - from[0]) * RADIANS;
  const [start, end] = [from[1] * RADIANS, to[1] * RADIANS];
  const east = Math.sin(byLng) * Math.cos(end);
  const north = Math.cos(start) * Math.sin(end) - Math.sin(start) * Math.cos(end) * Math.cos(byLng);
  return (Math.atan2(east, north) / RADIANS + 360) % 360;
}

/** Metres along a line from vertex to vertex. */
export function lengthM(line: readonly Position[]): number {
  let sum = 0;
  for (let at = 1; at < line.length; at++) sum += distanceM(line[at - 1]!, line[at]!);
  return sum;
}

/**
 * Square metres inside a ring whose edges are the shortest ways between its vertices: the smaller side of it. Sums the spherical excess
 * between each edge and the equator (C. F. F. Karney, Algorithms for geodesics, 2013, §6).
 */
export function areaM2(ring: readonly Position[]): number {
  let excess = 0;
  let turned = 0;
  for (let at = 0; at < ring.length; at++) {
    const [from, to] = [ring[at]!, ring[(at + 1) % ring.length]!];
    // The short way round: an edge may cross the date line.
    const byLng = wrapped(to[0] - from[0]) * RADIANS;
    turned += byLng;
    const [start, end] = [Math.tan((from[1] * RADIANS) / 2), Math.tan((to[1] * RADIANS) / 2)];
    excess += 2 * Math.atan2(Math.tan(byLng / 2) * (start + end), 1 + start * end);
  }
  // Around a pole the sum is what lies between the ring and the equator: the rest of the hemisphere is inside.
  const inside = Math.abs(turned) > Math.PI ? 2 * Math.PI - Math.abs(excess) : Math.abs(excess);
  return Math.min(inside, 4 * Math.PI - inside) * EARTH_RADIUS_M * EARTH_RADIUS_M;
}

/** Degrees of longitude in [-180, 180). */
function wrapped(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
