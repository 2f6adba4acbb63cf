package selection

// Progressed is what a run is followed with.
var Progressed = progressed
