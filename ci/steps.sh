# The step runner of ci/test: runs a command, keeps its log, counts what it reports.
#
# A step that prints lines `test result: … N passed; N failed; N ignored` (cargo test) or
# `N passed, N failed, N skipped` (ours) is counted by them; any other step counts as one.
# Tests that cannot run print `skipped: why`; a scenario whose rig was held up prints `held up  NAME: why`.

logs=target/ci
mkdir -p "$logs"
passed=0 failed=0 skipped=0 table=

step() {
  local name=$1; shift
  case $name in *"$only"*) ;; *) return ;; esac
  local log=$logs/$name.log started=$SECONDS status=ok p f s
  printf '%-16s ' "$name"
  "$@" >"$log" 2>&1 </dev/null || status=FAILED
  read -r p f s < <(count "$log")
  [ $((p + f + s)) -eq 0 ] && p=1
  if [ "$status" = FAILED ] && [ "$f" -eq 0 ]; then f=1; [ "$p" -eq 1 ] && p=0; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  printf '%-6s %4ds  %d passed, %d failed, %d skipped\n' "$status" $((SECONDS - started)) "$p" "$f" "$s"
  if [ "$status" = FAILED ]; then
    echo "---- the end of $log"
    grep -E '^(error|failures:|---- .* stdout ----|thread .* panicked|.*FAILED)' "$log" | head -n 20
    tail -n 40 "$log"
    echo "----"
  fi
  grep -hE '^(skipped: |held up  .* not judged$)' "$log" | sort -u | sed 's/^/                 /'
  true
}

# Adds up what a log reports: "passed failed skipped".
count() {
  awk '
    /^test result: / { for (i = 1; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1); if ($i == "ignored;") s += $(i-1) } }
    /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5 }
    /^skipped: / { s += 1; p -= from_cargo }
    /^running [0-9]+ test/ { from_cargo = 1 }
    END { print p + 0, f + 0, s + 0 }' "$1"
}

summary() {
  echo
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}
