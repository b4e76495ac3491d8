package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// addEngineFlags adds the flags that say how a model is opened.
func addEngineFlags(cmd *cobra.Command, o *engine.Options) {
	f := cmd.Flags()
	f.IntVar(&o.Threads, "threads", 0, "`number` of threads; 0 is one for each core")
	f.StringVar(&o.KV, "kv", engine.KVTypes[0], "`type` of the cached keys and values: "+strings.Join(engine.KVTypes, " or "))
	completeWords(cmd, "kv", engine.KVTypes)
}

// checkEngineFlags finds what is wrong before a model is looked for.
func checkEngineFlags(o engine.Options) error {
	if o.Threads < 0 {
		return fmt.Errorf("--threads is %d, wanted 0 or more", o.Threads)
	}
	if o.KV != "" && !slices.Contains(engine.KVTypes, o.KV) {
		return fmt.Errorf("--kv is %q, wanted %s", o.KV, strings.Join(engine.KVTypes, " or "))
	}
	return nil
}
