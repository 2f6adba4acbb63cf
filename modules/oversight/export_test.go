package oversight

// Pick is for the tests of the board's order.
var Pick = pick
