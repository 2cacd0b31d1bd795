// Package mcp tests the MCP server from outside: the library's client, the conformance suite
// and the Inspector over every transport, with and without sign-in.
package mcp
