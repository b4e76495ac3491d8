package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errLocked is what tryLock returns when another process, or another Pull in this
// one, has the lock.
var errLocked = errors.New("locked")

// lock waits until nobody else fetches r and returns what gives the lock back. The
// system releases it too when a process dies; the lock's file stays, since to remove it
// would let two processes lock two files of one name.
func (h *Hub) lock(ctx context.Context, r *ref) (func(), error) {
	dir := filepath.Join(h.Home, "locks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("hub: make a directory for locks: %w", err)
	}
	id := sha256.Sum256([]byte(r.local))
	path := filepath.Join(dir, hex.EncodeToString(id[:8])+".lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("hub: open the lock of %s: %w", r.name, err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for said := false; ; {
		err := tryLock(f)
		if err == nil {
			return func() { _ = f.Close() }, nil // which unlocks
		}
		if !errors.Is(err, errLocked) {
			_ = f.Close()
			return nil, fmt.Errorf("hub: lock %s: %w", path, err)
		}
		if !said {
			h.log("waiting: %s is being fetched already", r.name)
			said = true
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}
