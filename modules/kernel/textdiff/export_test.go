package textdiff

// Script is the shortest edit script, before shreds are joined.
var Script = script
