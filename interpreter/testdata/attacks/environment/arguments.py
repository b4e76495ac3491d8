# try: look for the agent's paths and keys in its own arguments
# layer: start
# effect: leak: a token is shown
# want: python
# bare: no, the arguments are the same without a sandbox
import sys
print(sys.argv, getattr(sys, 'orig_argv', ['python'])[:4], sys.flags)
