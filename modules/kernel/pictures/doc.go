// Package pictures draws what a network looks like: it reads a raster that somebody brought, keeps nothing of it but its
// pixels, and draws from it what pages, mails, papers, browsers and other sites show. Vectors are never read.
package pictures
