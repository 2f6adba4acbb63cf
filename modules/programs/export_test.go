package programs

// Pick is for the tests of the list's order.
var Pick = Query.pick
