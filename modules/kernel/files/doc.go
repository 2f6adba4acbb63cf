// Package files tells what a file really is, whatever its name and its sender say.
//
// A file is of one kind, or it is refused: its content must begin, be built and end as its kind's does, be no second kind
// at the same time (a polyglot), not unpack into something enormous, and hold nothing that runs or is loaded from
// elsewhere when somebody opens it. Pictures are drawn anew, so that nothing but the picture is left: no place, no
// camera, no hidden archive.
//
// It looks for what a kind may be abused for, not for known malware; that is the virus scanner's work.
package files
