// Package rawjson works on JSON records as bytes: it checks them, compares them in a
// canonical form, pulls their values out for search, folds case, and cuts streams into
// records without decoding them. It is the hot path of ingest and search, and never
// builds Go values out of JSON. It knows nothing of audits, Microsoft or files; a record
// that is broken stays whole here and becomes someone else's decision.
package rawjson
