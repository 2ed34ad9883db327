/** What the ids mean that dashboards save for units: Grafana's, so that imported panels keep theirs. */
export type Unit =
  /** As it is, with a suffix, or a prefix without a space. `factor` turns the stored number into the shown one. */
  | { readonly kind: 'plain'; readonly suffix: string; readonly prefix?: string; readonly factor?: number }
  /** With an SI or IEC prefix that keeps the number between 1 and `base`. `exponent` is the power of the base the stored number is in. */
  | { readonly kind: 'scaled'; readonly suffix: string; readonly base: 1000 | 1024; readonly exponent: number }
  /** Thousands, millions, billions and trillions as K, M, B and T. */
  | { readonly kind: 'count'; readonly suffix: string }
  /** A count of money; `financial` writes all digits. */
  | { readonly kind: 'currency'; readonly symbol: string; readonly after: boolean; readonly financial: boolean }
  | { readonly kind: 'duration'; readonly seconds: number }
  /** "26:03:04", with days "1 d 02:03:04". */
  | { readonly kind: 'hms'; readonly seconds: number; readonly days: boolean }
  /** "20m:34s:567ms". */
  | { readonly kind: 'clock'; readonly ms: number }
  /** "20 minutes, 34 seconds". */
  | { readonly kind: 'spelled'; readonly ms: number }
  /** `pattern` in the tokens of Moment, undefined as the reader's browser writes dates; today's times alone where `bareToday`. */
  | { readonly kind: 'date'; readonly pattern: string | undefined; readonly bareToday: boolean }
  | { readonly kind: 'fromNow' }
  | { readonly kind: 'words'; readonly yes: string; readonly no: string }
  | { readonly kind: 'scientific' }
  | { readonly kind: 'hex'; readonly prefix: string }
  /** All digits, grouped. */
  | { readonly kind: 'locale' }
  /** All digits as JavaScript writes them. */
  | { readonly kind: 'verbatim' };

const plain = (suffix: string, factor?: number): Unit =>
  factor === undefined ? { kind: 'plain', suffix } : { kind: 'plain', suffix, factor };
const si = (suffix: string, exponent = 0): Unit => ({ kind: 'scaled', suffix, base: 1000, exponent });
const iec = (suffix: string, exponent = 0): Unit => ({ kind: 'scaled', suffix, base: 1024, exponent });
const count = (suffix: string): Unit => ({ kind: 'count', suffix });
const money = (symbol: string): Unit => ({ kind: 'currency', symbol, after: false, financial: false });
const moneyAfter = (symbol: string): Unit => ({ kind: 'currency', symbol, after: true, financial: false });
const duration = (seconds: number): Unit => ({ kind: 'duration', seconds });
const date = (pattern: string | undefined, bareToday = false): Unit => ({ kind: 'date', pattern, bareToday });

const ISO = 'YYYY-MM-DD HH:mm:ss';
const US = 'MM/DD/YYYY h:mm:ss a';

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Rates count per second unless the id says otherwise. */
const UNITS: Readonly<Record<string, Unit>> = {
  '': count(''),
  none: plain(''),
  string: { kind: 'verbatim' },
  short: count(''),
  sishort: si(''),
  percent: plain('%'),
  percentunit: plain('%', 100),
  humidity: plain('%H'),
  dB: plain('dB'),
  candela: si('cd'),
  hex0x: { kind: 'hex', prefix: '0x' },
  hex: { kind: 'hex', prefix: '' },
  sci: { kind: 'scientific' },
  locale: { kind: 'locale' },
  pixel: plain('px'),

  accMS2: plain('m/s²'),
  accFS2: plain('ft/s²'),
  accG: plain('g'),
  degree: plain('°'),
  radian: plain('rad'),
  grad: plain('grad'),
  arcmin: plain('arcmin'),
  arcsec: plain('arcsec'),
  areaM2: plain('m²'),
  areaF2: plain('ft²'),
  areaMI2: plain('mi²'),
  acres: plain('ac'),
  hectares: plain('ha'),

  flops: si('FLOP/s'),
  mflops: si('FLOP/s', 2),
  gflops: si('FLOP/s', 3),
  tflops: si('FLOP/s', 4),
  pflops: si('FLOP/s', 5),
  eflops: si('FLOP/s', 6),
  zflops: si('FLOP/s', 7),
  yflops: si('FLOP/s', 8),

  ppm: plain('ppm'),
  conppb: plain('ppb'),
  conngm3: plain('ng/m³'),
  conngNm3: plain('ng/Nm³'),
  conμgm3: plain('μg/m³'),
  conμgNm3: plain('μg/Nm³'),
  conmgm3: plain('mg/m³'),
  conmgNm3: plain('mg/Nm³'),
  congm3: plain('g/m³'),
  congNm3: plain('g/Nm³'),
  conmgdL: plain('mg/dL'),
  conmmolL: plain('mmol/L'),

  currencyUSD: money('$'),
  currencyGBP: money('£'),
  currencyEUR: money('€'),
  currencyJPY: money('¥'),
  currencyRUB: money('₽'),
  currencyUAH: money('₴'),
  currencyBRL: money('R$'),
  currencyDKK: moneyAfter('kr'),
  currencyISK: moneyAfter('kr'),
  currencyNOK: moneyAfter('kr'),
  currencySEK: moneyAfter('kr'),
  currencyCZK: money('czk'),
  currencyCHF: money('CHF'),
  currencyPLN: money('PLN'),
  currencyBTC: money('฿'),
  currencymBTC: money('mBTC'),
  currencyμBTC: money('μBTC'),
  currencyZAR: money('R'),
  currencyINR: money('₹'),
  currencyKRW: money('₩'),
  currencyIDR: money('Rp'),
  currencyPHP: money('PHP'),
  currencyVND: moneyAfter('đ'),
  currencyTRY: moneyAfter('₺'),
  currencyMYR: money('RM'),
  currencyXPF: money('XPF'),
  currencyBGN: money('BGN'),
  currencyPYG: money('₲'),
  currencyUYU: money('UYU'),
  currencyILS: money('₪'),

  bytes: iec('B'),
  decbytes: si('B'),
  bits: iec('b'),
  decbits: si('b'),
  kbytes: iec('B', 1),
  deckbytes: si('B', 1),
  mbytes: iec('B', 2),
  decmbytes: si('B', 2),
  gbytes: iec('B', 3),
  decgbytes: si('B', 3),
  tbytes: iec('B', 4),
  dectbytes: si('B', 4),
  pbytes: iec('B', 5),
  decpbytes: si('B', 5),

  pps: si('p/s'),
  binBps: iec('B/s'),
  Bps: si('B/s'),
  binbps: iec('b/s'),
  bps: si('b/s'),
  KiBs: iec('B/s', 1),
  Kibits: iec('b/s', 1),
  KBs: si('B/s', 1),
  Kbits: si('b/s', 1),
  MiBs: iec('B/s', 2),
  Mibits: iec('b/s', 2),
  MBs: si('B/s', 2),
  Mbits: si('b/s', 2),
  GiBs: iec('B/s', 3),
  Gibits: iec('b/s', 3),
  GBs: si('B/s', 3),
  Gbits: si('b/s', 3),
  TiBs: iec('B/s', 4),
  Tibits: iec('b/s', 4),
  TBs: si('B/s', 4),
  Tbits: si('b/s', 4),
  PiBs: iec('B/s', 5),
  Pibits: iec('b/s', 5),
  PBs: si('B/s', 5),
  Pbits: si('b/s', 5),

  dateTimeAsIso: date(ISO),
  dateTimeAsIsoNoDateIfToday: date(ISO, true),
  dateTimeAsUS: date(US),
  dateTimeAsUSNoDateIfToday: date(US, true),
  dateTimeAsLocal: date(undefined),
  dateTimeAsLocalNoDateIfToday: date(undefined, true),
  dateTimeAsSystem: date(ISO),
  dateTimeFromNow: { kind: 'fromNow' },

  watt: si('W'),
  kwatt: si('W', 1),
  megwatt: si('W', 2),
  gwatt: si('W', 3),
  mwatt: si('W', -1),
  Wm2: si('W/m²'),
  voltamp: si('VA'),
  kvoltamp: si('VA', 1),
  voltampreact: si('VAr'),
  kvoltampreact: si('VAr', 1),
  watth: si('Wh'),
  watthperkg: si('Wh/kg'),
  kwatth: si('Wh', 1),
  kwattm: si('W·min', 1),
  mwatth: si('Wh', 2),
  amph: si('Ah'),
  kamph: si('Ah', 1),
  mamph: si('Ah', -1),
  joule: si('J'),
  ev: si('eV'),
  amp: si('A'),
  kamp: si('A', 1),
  mamp: si('A', -1),
  volt: si('V'),
  kvolt: si('V', 1),
  mvolt: si('V', -1),
  dBm: plain('dBm'),
  mohm: si('Ω', -1),
  ohm: si('Ω'),
  kohm: si('Ω', 1),
  Mohm: si('Ω', 2),
  farad: si('F'),
  µfarad: si('F', -2),
  nfarad: si('F', -3),
  pfarad: si('F', -4),
  ffarad: si('F', -5),
  henry: si('H'),
  mhenry: si('H', -1),
  µhenry: si('H', -2),
  lumens: si('lm'),

  flowgpm: plain('gpm'),
  flowcms: plain('m³/s'),
  flowcfs: plain('ft³/s'),
  flowcfm: plain('ft³/min'),
  litreh: plain('L/h'),
  flowlpm: plain('L/min'),
  flowmlpm: plain('mL/min'),
  lux: plain('lx'),
  forceNm: si('Nm'),
  forcekNm: si('Nm', 1),
  forceN: si('N'),
  forcekN: si('N', 1),
  Hs: si('H/s'),
  KHs: si('H/s', 1),
  MHs: si('H/s', 2),
  GHs: si('H/s', 3),
  THs: si('H/s', 4),
  PHs: si('H/s', 5),
  EHs: si('H/s', 6),
  massmg: si('g', -1),
  massg: si('g'),
  masslb: plain('lb'),
  masskg: si('g', 1),
  masst: plain('t'),
  lengthmm: si('m', -1),
  lengthcm: plain('cm'),
  lengthin: plain('in'),
  lengthft: plain('ft'),
  lengthm: si('m'),
  lengthkm: si('m', 1),
  lengthmi: plain('mi'),
  pressurembar: si('bar', -1),
  pressurebar: si('bar'),
  pressurekbar: si('bar', 1),
  pressurepa: si('Pa'),
  pressurehpa: plain('hPa'),
  pressurekpa: plain('kPa'),
  pressurehg: plain('inHg'),
  pressurepsi: si('psi'),
  radbq: si('Bq'),
  radci: si('Ci'),
  radgy: si('Gy'),
  radrad: si('rad'),
  radsv: si('Sv'),
  radmsv: si('Sv', -1),
  radusv: si('Sv', -2),
  radrem: si('rem'),
  radexpckg: si('C/kg'),
  radr: si('R'),
  radsvh: si('Sv/h'),
  radmsvh: si('Sv/h', -1),
  radusvh: si('Sv/h', -2),
  rotrpm: plain('rpm'),
  rothz: si('Hz'),
  rotkhz: si('Hz', 1),
  rotmhz: si('Hz', 2),
  rotghz: si('Hz', 3),
  rotrads: plain('rad/s'),
  rotdegs: plain('°/s'),
  celsius: plain('°C'),
  fahrenheit: plain('°F'),
  kelvin: plain('K'),

  hertz: si('Hz'),
  ns: duration(1e-9),
  µs: duration(1e-6),
  us: duration(1e-6),
  ms: duration(1e-3),
  s: duration(1),
  m: duration(MINUTE),
  h: duration(HOUR),
  d: duration(DAY),
  dtdurationms: { kind: 'spelled', ms: 1 },
  dtdurations: { kind: 'spelled', ms: 1000 },
  dthms: { kind: 'hms', seconds: 1, days: false },
  dtdhms: { kind: 'hms', seconds: 1, days: true },
  timeticks: duration(0.01),
  clockms: { kind: 'clock', ms: 1 },
  clocks: { kind: 'clock', ms: 1000 },

  cps: count('c/s'),
  ops: count('ops/s'),
  reqps: count('req/s'),
  rps: count('reads/s'),
  wps: count('writes/s'),
  iops: count('io/s'),
  eps: count('events/s'),
  mps: count('messages/s'),
  recps: count('records/s'),
  rowsps: count('rows/s'),
  cpm: count('c/min'),
  opm: count('ops/min'),
  reqpm: count('req/min'),
  rpm: count('reads/min'),
  wpm: count('writes/min'),
  epm: count('events/min'),
  mpm: count('messages/min'),
  recpm: count('records/min'),
  rowspm: count('rows/min'),

  velocityms: plain('m/s'),
  velocitykmh: plain('km/h'),
  velocitymph: plain('mph'),
  velocityknot: plain('kn'),
  mlitre: si('L', -1),
  litre: si('L'),
  m3: plain('m³'),
  Nm3: plain('Nm³'),
  dm3: plain('dm³'),
  gallons: plain('gal'),

  bool: { kind: 'words', yes: 'True', no: 'False' },
  bool_yes_no: { kind: 'words', yes: 'Yes', no: 'No' },
  bool_on_off: { kind: 'words', yes: 'On', no: 'Off' },
};

/** All ids of the table, kind by kind: what a picker offers. */
export const UNIT_IDS: readonly string[] = Object.keys(UNITS).filter((id) => id !== '');

/** Whether the id is in the table: others are shown as their own suffix. */
export function isKnownUnit(id: string): boolean {
  return Object.hasOwn(UNITS, id);
}

/** Custom units come from documents: as many as a page can hold, and no more. */
const MOST_CUSTOM = 1_000;
const custom = new Map<string, Unit>();

export function unitOf(id: string): Unit {
  if (Object.hasOwn(UNITS, id)) return UNITS[id] as Unit;
  let unit = custom.get(id);
  if (unit === undefined) {
    unit = readCustom(id);
    if (custom.size >= MOST_CUSTOM) custom.clear();
    custom.set(id, unit);
  }
  return unit;
}

const SI_LETTERS: Readonly<Record<string, number>> = {
  f: -5,
  p: -4,
  n: -3,
  µ: -2,
  μ: -2,
  m: -1,
  k: 1,
  M: 2,
  G: 3,
  T: 4,
  P: 5,
  E: 6,
  Z: 7,
  Y: 8,
};

/** "suffix:tokens", "prefix:#", "si:mF", "count:jobs", "currency:R", "currency:financial:$:suffix", "bool:up/down", "time:HH:mm". */
function readCustom(id: string): Unit {
  const [, form, rest = ''] = /^(\w+):(.*)$/s.exec(id) ?? [];
  switch (form) {
    case 'suffix':
      return plain(rest.trim());
    case 'prefix':
      return { kind: 'plain', prefix: rest, suffix: '' };
    case 'si': {
      // A first letter that is a prefix and not all of the unit says in which power the number is stored.
      const power = rest.length > 1 && Object.hasOwn(SI_LETTERS, rest[0] as string) ? SI_LETTERS[rest[0] as string] : undefined;
      return power === undefined ? si(rest.trim()) : si(rest.slice(1).trim(), power);
    }
    case 'count':
      return count(rest.trim());
    case 'currency': {
      const [, symbol, side] = /^financial:([^:]+)(?::(\w+))?$/.exec(rest) ?? [];
      if (symbol !== undefined) return { kind: 'currency', symbol, after: side === 'suffix', financial: true };
      return money(rest);
    }
    case 'bool': {
      const slash = rest.indexOf('/');
      return slash < 0
        ? { kind: 'words', yes: rest, no: '' }
        : { kind: 'words', yes: rest.slice(0, slash), no: rest.slice(slash + 1) };
    }
    case 'time':
      return date(rest.trim());
    default:
      return plain(id);
  }
}
