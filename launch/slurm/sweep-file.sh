# Reads the file of a sweep, with one training per line. Sourced by sweep.sbatch.
# shellcheck shell=bash
#
# A line is read as a shell would read it, but nothing in it is executed:
#   - blanks separate words
#   - 'text' is taken literally; in "text", and outside quotes, \ takes the next character literally
#   - $NAME and ${NAME} outside single quotes are environment variables
#   - ~ and ~/ at the start of a value are the home folder
#   - # at the start of a word begins a comment
#   - patterns (*, ?, [) are kept: the program expands those of --data
# Except for --run, the options are checked only by the program, when a training starts.
# Anything else with a special meaning in a shell is an error that names the file, the line and the problem.
# Windows line endings, a byte order mark, and a last line without a line end are accepted.

# read_sweep FILE: fills sweep_lines.
read_sweep() {
    sweep_file=$1
    if [[ ! -f $1 || ! -r $1 ]]; then
        echo "sweep.sbatch: $1: not a readable file; expected the options of one training per line" >&2
        exit 2
    fi
    if [[ $(tr -d '\0' <"$1" | wc -c) != $(wc -c <"$1") ]]; then
        echo "sweep.sbatch: $1: not plain text (UTF-16 or binary): save it as UTF-8" >&2
        exit 2
    fi
    mapfile -t sweep_lines <"$1"
    sweep_lines[0]=${sweep_lines[0]-}
    sweep_lines[0]=${sweep_lines[0]#$'\xef\xbb\xbf'}
}

# split_line NUMBER: fills sweep_words with the words of that line, none for a blank line or a comment, and
# sweep_run with the folder of its run.
split_line() {
    local LC_ALL=C  # work on bytes, independently of the environment's language
    local rest=${sweep_lines[$1 - 1]%$'\r'} word='' is_open=false character
    sweep_number=$1
    sweep_words=()
    if [[ ${rest//$'\t'/} == *[[:cntrl:]]* ]]; then
        refuse "it holds a control character (a carriage return in the middle of the line?)"
    fi
    while [[ -n $rest ]]; do
        if ! $is_open && [[ $rest == '#'* ]]; then
            break
        fi
        character=${rest:0:1}
        if [[ $character == [[:blank:]] ]]; then
            end_word
        else
            take_character
            is_open=true
        fi
        rest=${rest#?}
    done
    end_word
    if ((${#sweep_words[@]} > 0)) && [[ ${sweep_words[0]} != -* ]]; then
        refuse "it begins with \"${sweep_words[0]}\";" \
            "expected only options of \`sslslr pretrain\`, such as --run runs/one"
    fi
    if ((${#sweep_words[@]} > 0)); then
        find_run
    fi
}

# Sets sweep_run to the absolute path of the line's folder of its run.
find_run() {
    local i runs=()
    for ((i = 0; i < ${#sweep_words[@]}; ++i)); do
        case ${sweep_words[i]} in
            --run) runs+=("${sweep_words[i + 1]:-}") ;;
            --run=*) runs+=("${sweep_words[i]#*=}") ;;
        esac
    done
    if ((${#runs[@]} > 1)); then
        refuse "it holds --run ${#runs[@]} times; expected one folder"
    fi
    sweep_run=${runs[0]:-}
    if [[ -n $sweep_run && $sweep_run != -* ]]; then
        sweep_run=$(realpath --canonicalize-missing "$sweep_run")
    else
        refuse "it holds no --run FOLDER; expected a folder of its own for each training"
    fi
}

end_word() {
    if $is_open; then
        sweep_words+=("$word")
    fi
    word=''
    is_open=false
}

# Adds to the word the element that starts with $character, outside of quotes. Leaves the element's last
# character in $rest.
take_character() {
    case $rest in
        \'*) take_single_quoted ;;
        \"*) take_double_quoted ;;
        \\?*) rest=${rest#?} && word+=${rest:0:1} ;;
        \\) refuse "it ends with \\; expected a training on one line" ;;
        \$*) take_variable ;;
        \~*) take_home ;;
        [\`\;\&\|\<\>\(\)]*) refuse_command ;;
        $'\xe2\x80'[$'\x98'-$'\x9e']* | $'\xc2\xab'* | $'\xc2\xbb'*)
            refuse "it holds a typographic quotation mark, as word processors make them;" \
                "expected ' or \": ${rest:0:20}"
            ;;
        $'\xc2\xa0'* | $'\xe2\x80\xaf'*)
            refuse "it holds a no-break space; expected an ordinary space: ${rest:0:20}" ;;
        $'\xe2\x80'[$'\x93\x94']* | $'\xe2\x88\x92'*)
            if [[ -z $word ]]; then
                refuse "an option begins with a dash, as word processors make them;" \
                    "expected two hyphens: ${rest:0:20}"
            fi
            word+=$character
            ;;
        *) word+=$character ;;
    esac
}

take_single_quoted() {
    if [[ ${rest#?} != *\'* ]]; then
        refuse "its quotation mark is not closed: ${rest:0:40}"
    fi
    rest=${rest#?}
    word+=${rest%%\'*}
    rest=\'${rest#*\'}
}

take_double_quoted() {
    local quoted=$rest
    rest=${rest#?}
    while [[ $rest != \"* ]]; do
        case $rest in
            '') refuse "its quotation mark is not closed: ${quoted:0:40}" ;;
            \\[\"\\\$\`]*) rest=${rest#?} && word+=${rest:0:1} ;;
            \$*) take_variable ;;
            \`*) refuse_command ;;
            *) word+=${rest:0:1} ;;
        esac
        rest=${rest#?}
    done
}

take_variable() {
    local name entry value=''
    if [[ ! $rest =~ ^\$([A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}) ]]; then
        refuse "it holds ${rest:0:20}: only \$NAME and \${NAME} are expanded;" \
            "for a name with \$, use single quotes"
    fi
    rest=${rest#"${BASH_REMATCH[0]}"}
    name=${BASH_REMATCH[1]//[\{\}]/}
    while IFS= read -r -d '' entry; do  # the environment passed to this script, not its own variables
        if [[ $entry == "$name="* ]]; then
            value=${entry#*=}
        fi
    done <"/proc/$$/environ"
    if [[ -z $value ]]; then
        refuse "\$$name is not set in the environment; export it, or write its value"
    fi
    word+=$value
    rest=x$rest  # a placeholder for the last character
}

# Expands ~ at the start of a word or of an option's value: --run=~/runs.
take_home() {
    if [[ -n $word && $word != --*([!=])= ]]; then
        word+=\~
    elif [[ $rest != \~@(|/*|[[:blank:]]*) ]]; then
        refuse "it holds ${rest%%[[:blank:]]*}: only ~ and ~/ are expanded;" \
            "write the path of that user's folder"
    else
        word+=${HOME:?}
    fi
}

refuse_command() {
    refuse "it holds ${rest:0:1}, but nothing here is executed;" \
        "write it in single quotes if it is part of a name"
}

refuse() {
    echo "sweep.sbatch: $sweep_file, line $sweep_number: $*" >&2
    exit 2
}

# Checks all lines and prints the number of the last line with a training.
last_training() {
    local number last=0
    local -A lines=()  # by folder of the run
    for ((number = 1; number <= ${#sweep_lines[@]}; ++number)); do
        split_line "$number"
        if ((${#sweep_words[@]} > 0)); then
            if [[ -n ${lines[$sweep_run]:-} ]]; then
                refuse "its --run is $sweep_run, as in line ${lines[$sweep_run]};" \
                    "expected a folder of its own for each training"
            fi
            lines[$sweep_run]=$number
            last=$number
        fi
    done
    if ((last == 0)); then
        echo "sweep.sbatch: $sweep_file: no line contains a training" >&2
        exit 2
    fi
    echo "$last"
}
