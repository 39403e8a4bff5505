/**
 * The corpus of hostile input, by the number that each case has for good, and where each is tested. Numbers that
 * are missing were never given.
 */

/** In a file, by the words of a test or of a row of one. */
interface TestElsewhere {
  readonly file: string;
  readonly test: string;
}

/** A part that is not built yet, so it cannot be attacked. */
interface NotThere {
  readonly missing: string;
}

/** A title of `cases.ts`, a test elsewhere, or why there is none. */
type Place = string | TestElsewhere | NotThere;

/** The numbers of every case, by what it tries. */
export const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  framing: [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26],
  "size, time and coding": [27, 29, 30, 31, 32, 34, 35, 36, 37, 39, 40, 41, 42, 44, 45, 46, 47, 49, 50],
  "text and JSON": [
    51, 52, 54, 55, 56, 57, 59, 60, 61, 62, 64, 65, 66, 67, 69, 70, 71, 72, 74, 75, 76, 77, 79, 80, 81, 82,
    84, 85,
  ],
  "values that reach metrics and eyes": [
    86, 87, 89, 90, 91, 92, 94, 95, 96, 97, 99, 100, 101, 102, 104, 105, 106, 107, 109, 110, 111, 112, 114,
    115,
  ],
  "identity and time": [116, 117, 119, 120, 121, 122, 124, 125, 126, 127, 129, 130, 131, 132],
  "access, streams and hooks": [134, 135, 136, 137, 139, 140, 141, 142, 144, 145, 146, 147, 149, 150, 151],
};

const table = "test/e2e/hostile.test.ts";
const senders = "test/e2e/hostileSenders.test.ts";
const livePage = "test/e2e/hostileText.test.ts";
const journals = "test/support/journal/conformance.ts";
const memory = "packages/server/src/journal/memoryJournal.test.ts";
const clock = "packages/server/src/collector/clock.test.ts";
const paths = "packages/server/src/pages/learnedRoutes.test.ts";
const family = "packages/server/src/metrics/family.test.ts";

export const PLACES: Readonly<Record<number, Place | readonly Place[]>> = {
  1: "length and chunks together",
  2: "two lengths",
  4: "a length with a sign",
  5: "a negative length",
  6: "a length with an exponent",
  7: "a coding behind chunked",
  9: "a chunk whose size has 17 digits",
  10: "a chunk with an extension of 20 KB",
  11: "lines that end in LF",
  12: "a folded header",
  14: "NUL in a header",
  15: "no Host",
  16: ["an invalid Host, where a host is read", "an invalid Host, where it is not read"],
  17: "an address of another host",
  19: "a header of 20 KB",
  20: "an address of 20 KB",
  21: "an unknown method",
  22: "TRACE",
  24: "a header named __proto__",
  25: "an unknown expectation",
  26: "the preface of HTTP/2",

  27: "one byte more than may be",
  29: "a length that no disk has",
  30: ["fifty bytes announced, three sent", "fifty bytes announced, three sent, and gone"],
  31: "a whole batch, and gone without a word",
  32: { file: senders, test: "one that is too slow gets 408, and nothing of it is counted" },
  34: { file: senders, test: "four thousand that stall in head or body get 408 each" },
  35: ["a gzip bomb", "a gzip bomb of 200 MB"],
  36: "brotli",
  37: "zstd",
  39: "gzip twice",
  40: "gzip that ends too early",
  41: "gzip that goes on behind its end",
  42: "gzip with a wrong checksum",
  44: "identity",
  45: "invalid gzip",
  46: "nothing",
  47: [
    { file: senders, test: "is cut off after ten thousand requests where it reads the answers" },
    { file: senders, test: "is cut off where it reads none of them" },
  ],
  49: { file: senders, test: "one that is too slow gets 408, and nothing of it is counted" },
  50: "one byte of padding too many",

  51: "a byte that is not UTF-8",
  52: "an overlong NUL",
  54: "a byte order mark",
  55: "half a surrogate pair in a label",
  56: {
    file: "packages/server/src/collect/parseBatch.test.ts",
    test: "text that is too long is cut, and half a surrogate pair becomes U+FFFD",
  },
  57: "a trailing comma",
  59: "NaN",
  60: "single quotes",
  61: "a comment",
  62: ["32,700 nested arrays", "32,700 arrays that do not end"],
  64: "6,000 keys",
  65: "integer keys that collide",
  66: "the key id twice",
  67: "the key __proto__",
  69: "an action named toString",
  70: "an array",
  71: "null",
  72: "a string",
  74: "201 events",
  75: "one bad of twenty",
  76: [
    "twenty bad",
    {
      file: "packages/server/src/collector/createCollector.test.ts",
      test: "a batch without any event to count is refused, and its id stays free",
    },
  ],
  77: "an event of a later version",
  79: "version 99",
  80: "a route of 3,000 characters",
  81: "2,000 combining marks",
  82: "an integer of 60,000 digits",
  84: "minus zero",
  85: "a number as text",

  86: "money that is NaN in the page",
  87: "1e308 of money",
  89: "a fraction of a cent",
  90: "money beyond exact integers",
  91: [
    { file: journals, test: "money is exact where a double is not" },
    { file: family, test: "money is exact beyond 2^53 minor units, and exposed as the double that is there" },
  ],
  92: "unknown currencies",
  94: "a negative vital",
  95: "a vital of thirty years",
  96: "the largest double, twice",
  97: "a label that breaks out of the exposition",
  99: "a label with a control character, and one that turns the text around",
  100: [
    "a label with a control character, and one that turns the text around",
    "names of elements from a user",
  ],
  101: { file: family, test: "the pairs that other libraries merge stay apart" },
  102: { file: family, test: "the pairs that other libraries merge stay apart" },
  104: [
    { file: paths, test: "make no more series than templates may be learned" },
    { file: "test/e2e/attack.test.ts", test: "neither exposition nor memory grows with what clients invent" },
  ],
  105: { file: paths, test: "make no more series than templates may be learned" },
  106: "labels that are Prometheus' own",
  107: ["a label of 128 KB", "a name of 128 KB"],
  109: { file: livePage, test: "markup in a title" },
  110: { file: livePage, test: "the end of a script" },
  111: { file: livePage, test: "a script as an address" },
  112: { file: livePage, test: "an image with a script" },
  114: { missing: "Nothing is exported as CSV." },
  115: [
    "names, texts and paths of 75,000 invisible characters",
    { file: livePage, test: "invisible characters" },
  ],

  116: { file: table, test: "twice in a row counts once, and says so" },
  117: { file: table, test: "64 times at once counts once" },
  119: [
    "a batch of another app",
    { file: table, test: "with the key of another app counts nothing, and its id is still free for its own" },
  ],
  120: "no id",
  121: ["an id of 60 KB", "an id of 1 MB"],
  122: "an id in capitals",
  124: { file: memory, test: "a key is remembered for its retention and forgotten after at most two" },
  125: { file: memory, test: "a key is remembered for its retention and forgotten after at most two" },
  126: "an id that begins with a time a year ahead",
  127: "a page whose clock says 1970",
  129: "an instant beyond what a date can be",
  130: "a time as text",
  131: [
    { file: journals, test: "a key is remembered when the clock goes back" },
    { file: clock, test: "leaves the figures of the live page what they are" },
  ],
  132: [
    { file: journals, test: "a clock that jumps forward by 400 days forgets no key in one step" },
    { file: clock, test: "makes no id new again" },
  ],

  134: "no key",
  135: "a key that is wrong by a letter",
  136: "a key of another app",
  137: "an origin that is not listed",
  139: "no origin",
  140: "a preflight of another site",
  141: "a form of another site",
  142: [
    {
      file: "packages/cli/src/serve/serve.test.ts",
      test: "beyond loopback is refused without keys, before anybody is answered",
    },
    {
      file: "packages/server/src/access/access.test.ts",
      test: "every route but the public ones asks for a key or a token",
    },
  ],
  144: { missing: "There is no WebSocket." },
  145: { missing: "There is no WebSocket." },
  146: { missing: "There is no WebSocket." },
  147: { file: senders, test: "sixty viewers of one address: fifty are served" },
  149: { missing: "There are no webhooks." },
  150: { missing: "There are no webhooks." },
  151: { missing: "There are no webhooks." },
};
