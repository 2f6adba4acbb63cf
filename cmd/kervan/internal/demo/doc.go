// Package demo invents the demonstration: organizations with their people, what they write into applications, the papers
// that they hand in, and what reviewers think of them. It makes values only, from texts in content/ and a seed, and always
// the same ones; the program's seed command puts them in through the use-cases.
//
// Nobody and nothing in it exists. Texts are put together from fragments: [a|b] is one of them, {3-9} a number between,
// {city} a fact of the organization, {city:da} the fact with a Turkish ending. A fragment that begins with @staff,
// @nostaff, @old, @young, @initiative, @f or @m is only for those of whom that is true.
package demo
