// Package sourcetest is the suite that every source which reads Microsoft 365 over HTTP
// must pass, in the spirit of testing/fstest: [Run] puts the source before a server that
// does what Microsoft does on bad days (answers that break off, broken records, links to
// other hosts, throttling without a word, very long answers) and holds it to the contract
// of package source. The server speaks both manners of delivery, Graph's pages and the
// Management Activity API's blobs, so one suite serves all.
package sourcetest
