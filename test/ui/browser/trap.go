package browser

import (
	"fmt"
	"time"
)

// reportBinding is what the page's trap calls to tell what it caught.
const reportBinding = "__aocCaught"

// trapScript runs before any script of a page. Hostile data that manages to run sets
// __pwned, asks for a dialog, or is stopped by the policy: all of that is told.
const trapScript = `(() => {
	const tell = globalThis.` + reportBinding + `;
	const caught = what => tell("` + string(KindTrap) + `\n" + what);
	Object.defineProperty(globalThis, "__pwned", {set: v => caught("__pwned = " + v), get: () => () => caught("__pwned()"), configurable: false});
	for (const name of ["alert", "confirm", "prompt", "open", "print"]) {
		globalThis[name] = (...args) => { caught(name + "(" + args.join() + ")"); return null; };
	}
	document.addEventListener("securitypolicyviolation", e =>
		tell("` + string(KindPolicy) + `\n" + e.effectiveDirective + " blocked " + e.blockedURI + " " + e.sample + " at " + e.sourceFile + ":" + e.lineNumber));
	if (Object.prototype.polluted !== undefined) caught("Object.prototype is polluted");
})();
`

// clockScript makes the page's clock run ahead.
func clockScript(ahead time.Duration) string {
	if ahead == 0 {
		return ""
	}
	return fmt.Sprintf(`(() => {
	const ahead = %d, real = Date;
	globalThis.Date = new Proxy(real, {
		construct: (date, args, target) => Reflect.construct(date, args.length ? args : [real.now() + ahead], target),
		get: (date, name) => name === "now" ? () => real.now() + ahead : date[name],
	});
	real.prototype.constructor = globalThis.Date;
})();
`, ahead.Milliseconds())
}
