#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "src/settings/ini_file.hpp"
#include "src/settings/words.hpp"

namespace sslslr {

/// The command-line arguments after the subcommand's name.
using Arguments = std::span<const std::string>;

/// What an option affects. Everything that distinguishes results derives from it: run folders, job ids,
/// caches, unfinished work. All options except `nothing` are part of the identity of a pretraining and of
/// runs that are averaged.
enum class Decides {
    nothing,    ///< locations, speed or output: may differ when work is resumed
    resumable,  ///< the result, for example when training ends; but a run may be resumed with another value
    clips,      ///< the features of clips: also part of every encoder's identity
    /// the encoder's shape and initial weights: also part of the identity of cached features and random
    /// weights
    encoder,
    learning,  ///< what any training learns: also part of the identity of networks trained from labels
    result,    ///< anything else that results depend on
};

/// Names and values in order of declaration, with one pair for each entry of a list.
using OptionValues = std::vector<std::pair<std::string, std::string>>;

/// The options of one subcommand. One declaration gives type, default, help and INI key.
///
/// The default is the field's value at its declaration. The command line takes precedence over --config FILE,
/// which takes precedence over the default. The entries of a list in a file are on one line, separated by
/// blanks, or on several lines.
class Options {
public:
    /// @param usage  text above the list in --help
    explicit Options(std::string usage);

    /// Starts a titled section in --help.
    void section(const std::string& title);
    /// Starts a section of options that apply only to some values of another option, the selector. With any
    /// other value they are rejected, and values() omits them.
    void section(const std::string& title, const std::string& selector, std::vector<std::string> values);

    /// Starts a section of options that apply only to the current call: values() omits them, so a run folder
    /// does not record them.
    void section_of_this_call(const std::string& title);

    /// Binds `--name` to a field: a number, a text, a bool (--name without a value means true) or a list of
    /// texts or numbers.
    /// @param decides  by default, results with different values count as different
    template <class T>
    void add(const std::string& name, T& field, const std::string& help, Decides decides = Decides::result);

    /// The same for an enumeration. Every word that is not one of its values is rejected.
    template <Worded E>
    void add(const std::string& name, E& field, const std::string& help, Decides decides = Decides::result) {
        add_choice(
            name, to_texts(words_of<E>()), [&field] { return word_of(field); },
            [&field](const std::string& word) { field = *enum_of<E>(word); }, help, decides);
    }
    /// The same for a field that stays empty unless the option is given, so that the command can require it.
    template <Worded E>
    void add(const std::string& name, std::optional<E>& field, const std::string& help,
             Decides decides = Decides::result) {
        add_choice(
            name, to_texts(words_of<E>()), [&field] { return field ? word_of(*field) : ""; },
            [&field](const std::string& word) { field = enum_of<E>(word); }, help, decides);
    }

    /// The same for a set of an enumeration's values. They may be given in any order; the field holds each of
    /// them once, in the order of the enumeration.
    template <Worded E>
    void add(const std::string& name, std::vector<E>& field, const std::string& help,
             Decides decides = Decides::result) {
        add_choices(
            name, to_texts(words_of<E>()),
            [&field] {
                std::vector<std::string> words;
                std::ranges::transform(field, std::back_inserter(words), word_of<E>);
                return words;
            },
            [&field](const std::vector<std::string>& words) {
                field.clear();
                std::ranges::transform(words, std::back_inserter(field),
                                       [](const std::string& word) { return *enum_of<E>(word); });
                std::ranges::sort(field);
                field.erase(std::ranges::unique(field).begin(), field.end());
            },
            help, decides);
    }

    /// Declares `--name`, which takes one of these words, for a value that is not a field.
    /// @param read   returns the current word
    /// @param write  receives the given word, or the default
    void add_choice(const std::string& name, std::vector<std::string> words,
                    std::function<std::string()> read, std::function<void(const std::string&)> write,
                    const std::string& help, Decides decides = Decides::result);

    /// Restricts the most recently added option to these words.
    void words(std::vector<std::string> words);

    /// Selects the options that most people need, all of them already declared: --help lists only these,
    /// --help-all every option. Without this call both list every option.
    /// @param names  separated by blanks
    /// @throws std::logic_error  one of them is not declared
    void common(const std::string& names);

    /// Declares a name that no longer exists. On the command line, in a --config file or in settings it is
    /// rejected with the advice. In files that the program wrote it is ignored (read_file(), or --config with
    /// the own file of a run or a boundary study).
    /// @param harmless  the only value that is ignored in files of the program, because it describes today's
    ///                  behaviour; without it, every value is ignored
    /// @param decided   what it affected. If that is clips or encoder, read_file() too rejects all values but
    ///                  the harmless one, because what the file describes can no longer be created
    void removed(const std::string& name, const std::string& advice,
                 std::optional<std::string> harmless = std::nullopt, Decides decided = Decides::result) {
        removed_[name] = {advice, std::move(harmless), decided};
    }

    /// The same for a word of the most recently added option. In files that the program wrote it is read as
    /// `successor`.
    void removed_word(const std::string& word, const std::string& successor, const std::string& advice) {
        options_.back().removed = RemovedWord{word, successor, advice};
    }

    /// Binds `--name` to a text that --help does not list and values() omits; used for fault injection.
    void add_hidden(const std::string& name, std::string& field);

    /// Binds the arguments without an option name, for example files.
    void positional(const std::string& name, std::vector<std::string>& field, const std::string& help);

    /// Ignores these options, which belong to another command, in INI files.
    void pass_over(const std::vector<std::string>& names) { passed_over_.insert(names.begin(), names.end()); }
    /// Ignores all removed options, so that settings stored by earlier versions can be read.
    void pass_over_removed() {
        for (const auto& [name, unused] : removed_) {
            passed_over_.insert(name);
        }
    }
    /// Returns the names of all declared options.
    std::vector<std::string> names() const;

    /// Fills the fields from the command line and the --config file. Options of the file that do not apply to
    /// the values on the command line are ignored.
    /// @return false if --help or --help-all was given: print help()
    /// @throws ConfigError  an option is unknown (suggests similar names), removed, without its value, of the
    ///                      wrong type, or does not apply to the other values; names the line of a file
    bool read(Arguments arguments);

    /// Fills the fields from a file that the program wrote, with one list entry per line. Unknown options are
    /// ignored.
    /// @throws ConfigError  the file cannot be read, or a value is not valid
    void read_file(const std::string& path);
    /// The same from the text of such a file.
    /// @param path  names the file in errors
    void read_written(const std::string& text, const std::string& path);

    /// Fills the fields from name = value settings. Settings that do not apply to the other values are
    /// accepted.
    /// @param where  names the place of the settings in errors: "[method simclr]"
    /// @throws ConfigError  an option is unknown (suggests similar names), removed or of the wrong type;
    ///                      names the line
    void read_lines(const std::vector<IniLine>& settings, const std::string& where);
    void read_settings(const std::vector<std::pair<std::string, std::string>>& settings,
                       const std::string& where);

    /// Returns the text for --help or --help-all. Sections without listed options are omitted.
    std::string help() const;
    /// Returns the options that apply and are recorded, with their values as text, in the order of
    /// declaration.
    OptionValues values() const;
    /// Returns those of values() that affect anything (all but Decides::nothing), or only those that affect
    /// `what`.
    OptionValues deciding() const;
    OptionValues deciding(const std::set<Decides>& what) const;
    /// Returns what the option affects; Decides::result if it is unknown.
    Decides decides(const std::string& name) const;

private:
    /// An option applies if another one, the selector, applies and has one of these values. Without a
    /// selector it always applies.
    struct Condition {
        std::string selector;
        std::vector<std::string> values;
    };
    struct RemovedWord {
        std::string word;
        std::string successor;
        std::string advice;
    };
    struct Option {
        std::string name;
        std::function<std::vector<std::string>()> lines;  ///< the value, one entry per line of an INI file
        std::string kind{};                               ///< expected values, for errors: "a number"
        std::vector<std::string> words{};                 ///< allowed values; empty: any
        std::optional<RemovedWord> removed{};             ///< a former one of them
        Decides decides;
        bool is_flag = false;
        bool is_list = false;
        bool is_unsigned = false;
        bool is_remembered;
        Condition condition;
    };
    struct Section {
        std::string title;
        std::unique_ptr<boost::program_options::options_description> options;
    };
    struct RemovedOption {
        std::string advice;
        std::optional<std::string> harmless;  ///< value that describes today's behaviour
        Decides decided;
    };
    /// The value that a file gives to an option.
    struct Given {
        std::vector<std::string> entries;
        std::size_t line = 0;  ///< of the first entry
    };
    using GivenOptions = std::map<std::string, Given>;

    template <class Words>
    static std::vector<std::string> to_texts(const Words& words) {
        return {words.begin(), words.end()};
    }
    /// The same as add_choice() for a list of words.
    void add_choices(const std::string& name, std::vector<std::string> words,
                     std::function<std::vector<std::string>()> read,
                     std::function<void(const std::vector<std::string>&)> write, const std::string& help,
                     Decides decides);
    void declare_all();
    const Option* find(const std::string& name) const;
    /// Returns the error message for an unknown name: the advice if it was removed, else similar names.
    /// @param dashes  prefix of option names in the place where it was given
    std::string no_option(const std::string& name, const std::string& dashes) const;
    bool is_of_use(const Option& option) const;
    /// Returns the first value that is not an allowed word, or that is negative although the option is
    /// unsigned (boost would wrap it around).
    static std::optional<std::string> refused(const Option& option, const std::vector<std::string>& values);
    /// Returns whether the line, in a file of the program, is of a removed option and may be ignored.
    bool is_harmless(const IniLine& line) const;
    /// Returns whether the option was removed and affected clips or encoders.
    bool shaped_encoders(const std::string& name) const;
    /// Returns the error message for a value that the option does not accept.
    static std::string expected(const Option& option, const std::string& value);
    std::string value_of(const std::string& name) const;
    void refuse_useless(const boost::program_options::variables_map& values, const GivenOptions& of_file,
                        const std::string& what) const;
    /// Returns the first argument that is neither an option nor its value.
    std::string first_stray(std::span<const std::string> arguments) const;
    /// Rewrites `--flag` as `--flag=true`, so that the next argument is not taken for its value, and
    /// `--name -1` as `--name=-1`, so that the number is not taken for an option.
    std::vector<std::string> with_explicit_values(Arguments arguments) const;
    void store_command_line(Arguments arguments, boost::program_options::variables_map& values) const;

    /// Returns the values that an INI file gives to known options.
    /// @param what     names the file in errors
    /// @param splits   whether a line of a list has several entries
    /// @param refuses  whether to reject unknown options and sections instead of ignoring them
    GivenOptions options_in(const std::string& text, const std::string& path, const std::string& what,
                            bool splits, bool refuses) const;
    void add_line(GivenOptions& given, const IniLine& line, const std::string& what, bool splits) const;
    /// Drops options that do not apply to the values on the command line.
    void drop_overruled(GivenOptions& given, const boost::program_options::variables_map& command_line) const;
    void store_given(const GivenOptions& given, const std::string& what,
                     boost::program_options::variables_map& values) const;

    std::string usage_;
    boost::program_options::options_description all_;
    boost::program_options::options_description hidden_;
    std::vector<Section> sections_;
    std::vector<Option> options_;
    Condition condition_;        ///< of the section being declared
    bool is_remembered_ = true;  ///< whether values() includes the options of this section
    boost::program_options::positional_options_description positional_;
    std::string config_;
    std::set<std::string> common_;  ///< empty: all options
    bool helps_with_all_ = false;
    std::set<std::string> passed_over_;
    std::map<std::string, RemovedOption> removed_;  ///< by name
};

/// Returns one line "name = value" for each pair.
std::string text_of(const OptionValues& values);

/// Returns the text of an INI file from which the values are read back unchanged; they must not contain line
/// ends.
std::string ini_text(const OptionValues& values);

}  // namespace sslslr
