# try: climb out of the workspace with ..
# layer: private root
# effect: leak: the file's text is shown
# want: FileNotFoundError|PermissionError
print(open('../' * 40 + SECRET[1:]).read())
