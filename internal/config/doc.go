// Package config reads AOC's settings: environment variables, an optional .env file
// below them, and files that hold secrets. It says all that is wrong with them at once,
// with the remedy, before anything starts. It knows the names and the limits of the
// settings and nothing of the packages that are built from them.
//
// .env.example documents every setting; a test keeps it and [Config] in agreement.
package config
