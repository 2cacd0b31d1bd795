// Package ingest is the collection runner: it plans the windows that each source is
// asked for, lists and reads them, turns records into events, appends these to the log
// and keeps the coverage ledger, which proves what was and what was not collected.
//
// The rules it keeps, whatever fails and whenever the process dies:
//
//   - The windows of a feed tile time without holes. The plan goes on where the ledger
//     ends; time that upstream no longer answers for is planned too, and recorded as a
//     loss.
//   - Every unit is in the ledger before it is read, and its events are in the log before
//     it is marked as stored. A crash repeats a little work; the store's deduplication
//     makes that harmless.
//   - A window is open once it was listed to the end, and closed once every unit listed
//     in it is stored or a recorded loss. What was closed stays closed: records that
//     arrive late are found by listing the window again, and counted as late.
//   - One failing feed, window, unit or record never holds up another.
//
// It knows no HTTP, no Microsoft API and no database. It meets records through package
// source and events through package store; names of directory objects reach it through
// [Names]. It decides nothing about who may start a collection.
package ingest
