// Package tenant invents a believable Microsoft 365 tenant (people, devices, groups,
// applications, sites, teams) and the audit records that its days leave behind, in the
// shapes, sizes and with the oddities that Microsoft's services write.
//
// Everything is a pure function of the seed: the records of an hour are the same
// whoever asks, in whatever slices of time. The package knows no HTTP and no server;
// when a record becomes visible is part of the record's story, how it is served is not.
package tenant
