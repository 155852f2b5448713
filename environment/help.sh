# shellcheck shell=bash
# What the commands are. A test compares this list with the program's own.

usage() {
    cat <<'TEXT'
usage: ./intergrain [--environment conda|debian|sid|current] COMMAND [ARGUMENTS]

  new        Ask five questions, and write a commented case from the answers.
  run        Validate a case, build its mesh, and run it on one rank or several.
  resume     Go on with a run that was broken off, from its newest checkpoint.
  sweep      Run a case at many points side by side, and gather one table and one page.
  fit        Find parameters of a case with which its runs agree with measured curves or numbers.
  check      Validate a case and print what would run.
  mesh       Mesh a case, and tell the quality of the mesh.
  schema     Print the JSON schema of case files, or write it to a file.
  materials  List the materials, print every value of one with its source, or import one of a cell.
  plot       Draw the figures of a run directory, or what moves: a film, or a page to turn it on.
  paraview   Write a script that shows a run in ParaView: warped, coloured, with its cracks.
  report     Write one page about a run, or about several beside each other.
  export     Write a run as other programs read it: Battery Data Format.
  cite       Print BibTeX of the methods, materials and libraries behind a run, or a case.
  doctor     Check the environment.
  test       Run the test suite, on all cores; options of pytest may follow.
  python     Python in the environment.
  shell      A shell in the environment.

"./intergrain help COMMAND" tells more about one.
The first call sets the environment up, in $INTERGRAIN_CACHE or else ~/.cache/intergrain.
--environment chooses: a conda environment made from environment.yml, a Debian 13 root, a root
of Debian unstable (sid: newer, and on some days broken), or the Python that is first on the
PATH now (current). Without it the best one there is gets used, never sid.
TEXT
}

# The names of the commands, one per line
commands() { usage | sed -n 's/^  \([a-z]*\)  .*/\1/p'; }

# require_command NAME: exit with 2 and the nearest name unless it is one of a command
require_command() {
    local names
    names=$(commands)
    [[ $'\n'$names$'\n' != *$'\n'"$1"$'\n'* && $1 != worker ]] || return 0
    say "there is no command '$1'; $(nearest "$1" "$names")"
    exit 2
}

# nearest WORD NAMES: the name that takes the fewest edits to reach, or all if none is near
nearest() {
    awk -v word="$1" '
        function least(a, b) { return a < b ? a : b }
        function edits(a, b,    i, j, d) {
            for (i = 0; i <= length(a); i++) d[i, 0] = i
            for (j = 0; j <= length(b); j++) d[0, j] = j
            for (i = 1; i <= length(a); i++)
                for (j = 1; j <= length(b); j++)
                    d[i, j] = least(least(d[i - 1, j], d[i, j - 1]) + 1,
                        d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
            return d[length(a), length(b)]
        }
        { n = edits(word, $0); if (NR == 1 || n < few) { few = n; name = $0 } all = all sep $0; sep = ", " }
        END { print few <= (length(word) + 1) / 2 ? "did you mean \"" name "\"?" : "there are: " all }
    ' <<<"$2"
}
