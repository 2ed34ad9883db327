/** Comments, and what stands in quotes: words in them say nothing of what a statement does. */
export const QUIET_SQL = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[^]*?\$\1\$/g;
