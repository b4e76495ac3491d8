package hub

import (
	"context"
	"fmt"
	"os"
	"time"
)

// child is a process of its own: it pulls the link in HUB_TEST_LINK into the directory.
func child(dir string) {
	h, err := New()
	if err != nil {
		panic(err)
	}
	h.Home, h.Cache, h.chunk, h.backoff = dir, "", 64<<10, time.Millisecond
	if endpoint := os.Getenv("HUB_TEST_ENDPOINT"); endpoint != "" {
		h.Endpoint, h.modelScope = endpoint, endpoint
		h.catalogue = []Model{{
			Name: "small", File: testFile, Size: 421_234, SHA256: sumOf(nil), Repository: "Owner/Repo",
			Packages: Packages{"part%d", "1.0", "part_%d/data/%02d.bin", 4},
		}}
	}
	h.Log = func(s string) { fmt.Println("log:", s) }
	path, err := h.Pull(context.Background(), os.Getenv("HUB_TEST_LINK"))
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("path:", path)
}
