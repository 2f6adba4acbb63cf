// Package brands is how a network looks and speaks as a sender: its name, colours, typeface, pictures and languages, each
// tried before it is saved. A brand is made of typed values only, never of style sheets or markup. The catalogue of tenants
// holds it, so that showing it costs a page nothing; pictures lie in the object store under the hash of what they were
// drawn from, and are swept when no brand refers to them any more.
package brands
