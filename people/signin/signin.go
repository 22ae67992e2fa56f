// Package signin is the ways in: a link sent by mail, or a password; and the
// sessions they open.
//
// What the database holds opens nothing: of sessions and links it has hashes,
// of passwords argon2id.
package signin

import (
	"strings"
	"time"
)

const (
	sessionLife = 30 * 24 * time.Hour
	linkLife    = time.Hour
	shortLife   = 2 * time.Hour // on a device that others use
	freshLife   = time.Hour     // how long somebody counts as just signed in
	minPassword = 10
)

// Session is one device somebody is signed in on.
type Session struct {
	Key    string    // hash of its token
	Device string    // "firefox/android": the kind, never more
	Day    time.Time // last used, to the day
	Here   bool      // the one that asks
}

// device tells browsers and systems apart as coarsely as a person would.
func device(agent string) string {
	first := func(otherwise string, pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return otherwise
	}
	browser := first("other", "Firefox/", "firefox", "FxiOS/", "firefox", "Edg", "edge", "SamsungBrowser/", "samsung", "Chrome/", "chrome", "CriOS/", "chrome", "Safari/", "safari")
	system := first("other", "Android", "android", "iPhone", "iphone", "iPad", "ipad", "Windows", "windows", "Mac OS", "mac", "CrOS", "chromeos", "Linux", "linux")
	return browser + "/" + system
}
