// Pages with a part that keeps itself up to date load this: it asks for the part again and puts it in its place.
import htmx from 'htmx.org'

htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false
htmx.config.selfRequestsOnly = true
htmx.config.historyCacheSize = 0
