// Package grammar says which tokens may come next so that what a model writes is valid: a
// value of a JSON Schema, a text of a regular expression or of GBNF rules, or one turn of the
// agent's protocol.
//
// A schema becomes a program over bytes (program.go): tables of byte ranges, choices,
// calls, and loops with counters, so that a string of at most 4096 characters costs one
// loop and not 4096 copies. The program is run as a set of positions, each with a stack
// of the calls and loops that it stands in; sets are interned and the way from one to
// the next by a byte is worked out once (automaton.go), so that the usual byte costs a
// look into a table. Tokens are judged by their bytes: a token is allowed if and only if
// the text so far with it behind is the beginning of a valid text, wherever the token
// begins and ends in the grammar, in the middle of a character too. A mask of the whole
// vocabulary comes from a walk over a trie of the tokens (vocabulary.go), pruned where
// nothing goes on, and is kept for the next time (mask.go).
//
// What a schema forbids is never let through. Where a schema allows several spellings of
// one value (white space, the order of keys, escapes in names), one is written: the order
// of the schema, with ", " and ": ", as models are trained to write.
package grammar
