// Package arch guards the house. Its tests read the source of every package
// and fail, saying what to do instead, where something is built otherwise than
// the house is: who imports whom, what SQL may say, whose tables and words are
// whose. Each guard is shown to catch what it is there for.
//
// Alone since 2026-11-21: it is tests, and nothing runs on it.
package arch
