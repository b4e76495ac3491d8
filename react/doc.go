// Package react is the loop of an agent: the model thinks, calls tools, reads what they
// give and answers. A Loop yields an event for each of these as it happens; nothing else
// is in here: no files, no terminal, no model of its own.
//
// The rules of the loop are those that small models were measured to need:
//
//   - A call that was already made is not run again, and one that failed only after
//     another call succeeded. Profile says what happens instead.
//   - The last step allows only an answer.
//   - An empty answer gets one more turn.
//   - Whatever is wrong with a call (an unknown tool, arguments that do not fit, an error or
//     a panic of the tool, a denial) becomes an observation that says what to change. Only a
//     failure of the model itself ends a run with an error.
//   - A limit ends the run with what is known so far.
//
// What the loop says to the model stands in words.go.
package react
