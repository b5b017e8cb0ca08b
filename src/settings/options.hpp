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

/// Of a command line, behind the subcommand's name.
using Arguments = std::span<const std::string>;

/// What an option decides. All that tells results apart derives from it: run folders, ids of jobs, caches,
/// unfinished work. Whatever is not `nothing` is part of a pretraining's identity, and of that of runs that
/// are averaged.
enum class Decides {
    nothing,    ///< where, how fast, what is printed: may differ when work is resumed
    resumable,  ///< the result, such as when a training ends; but a run may be resumed with another value
    clips,      ///< what the features of a clip are: also part of every encoder's identity
    /// the encoder's shape and first weights: also part of the identity of kept features and random weights
    encoder,
    learning,  ///< what any training learns: also part of the identity of networks trained from labels
    result,    ///< anything else that results depend on
};

/// Names and values in their order, an entry of a list each.
using OptionValues = std::vector<std::pair<std::string, std::string>>;

/// The options of one subcommand: one declaration gives type, default, help and INI key.
///
/// The default is what the field holds when it is declared. The command line wins over --config FILE, which
/// wins over the default. A list in a file has its entries on one line, separated by blanks, or on several.
class Options {
public:
    /// @param usage  what stands above the list in --help
    explicit Options(std::string usage);

    /// Starts a titled group in --help.
    void section(const std::string& title);
    /// The same for options that only some values of another option make use of: given with any other value
    /// they are refused, and values() leaves them out.
    void section(const std::string& title, const std::string& selector, std::vector<std::string> values);

    /// The same for options of this one call: values() leaves them out, so a run folder does not remember
    /// them.
    void section_of_this_call(const std::string& title);

    /// Binds `--name` to a field: a number, a text, a bool (--name alone means true) or a list of texts or
    /// numbers.
    /// @param decides  left out, results count as different where the values differ
    template <class T>
    void add(const std::string& name, T& field, const std::string& help, Decides decides = Decides::result);

    /// The same for an enumeration; any word but its own is refused wherever it is read.
    template <Worded E>
    void add(const std::string& name, E& field, const std::string& help, Decides decides = Decides::result) {
        add_choice(
            name, to_texts(words_of<E>()), [&field] { return word_of(field); },
            [&field](const std::string& word) { field = *enum_of<E>(word); }, help, decides);
    }
    /// One that holds nothing unless it is given, so that the command can ask for it.
    template <Worded E>
    void add(const std::string& name, std::optional<E>& field, const std::string& help,
             Decides decides = Decides::result) {
        add_choice(
            name, to_texts(words_of<E>()), [&field] { return field ? word_of(*field) : ""; },
            [&field](const std::string& word) { field = enum_of<E>(word); }, help, decides);
    }

    /// A set of an enumeration's values, in whatever order they are given: the field holds them in the order
    /// of the enumeration, each once.
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

    /// Declares `--name`, which takes one of these words, for what is no field.
    /// @param read   gives the word that holds now
    /// @param write  takes a word that was given, or the default
    void add_choice(const std::string& name, std::vector<std::string> words,
                    std::function<std::string()> read, std::function<void(const std::string&)> write,
                    const std::string& help, Decides decides = Decides::result);

    /// The words that the option just added takes: any other is refused wherever it is read.
    void words(std::vector<std::string> words);

    /// The options, all declared by now, that most people need: --help lists only these, --help-all every
    /// option. Without this call both list every option.
    /// @param names  separated by blanks
    /// @throws std::logic_error  one of them is not declared
    void common(const std::string& names);

    /// A name that no longer exists: given on the command line, in a --config file or in settings it is
    /// refused with the advice; in files that the program wrote it is passed over (read_file(), or --config
    /// with a run's or a boundary study's own).
    /// @param harmless  the only value that files of the program may give it: what happens now; without one,
    ///                  any
    /// @param decided   what it decided. If clips or encoder, read_file() refuses other values than the
    ///                  harmless one, too, for what the file describes can no longer be made
    void removed(const std::string& name, const std::string& advice,
                 std::optional<std::string> harmless = std::nullopt, Decides decided = Decides::result) {
        removed_[name] = {advice, std::move(harmless), decided};
    }

    /// The same for a word of the option just added; in files that the program wrote it is read as
    /// `successor`.
    void removed_word(const std::string& word, const std::string& successor, const std::string& advice) {
        options_.back().removed = RemovedWord{word, successor, advice};
    }

    /// Binds `--name` to a text that --help does not list and values() leaves out: for rehearsals.
    void add_hidden(const std::string& name, std::string& field);

    /// Binds the arguments that stand without an option name, files for instance.
    void positional(const std::string& name, std::vector<std::string>& field, const std::string& help);

    /// Lets an INI file hold these options, too: another command's, which this one has no use for.
    void pass_over(const std::vector<std::string>& names) { passed_over_.insert(names.begin(), names.end()); }
    /// Lets settings that were stored before hold options that were removed since.
    void pass_over_removed() {
        for (const auto& [name, unused] : removed_) {
            passed_over_.insert(name);
        }
    }
    /// All declared ones.
    std::vector<std::string> names() const;

    /// Fills the fields. Options of the file that the command line leaves without use are passed over.
    /// @return false if --help or --help-all was asked for: print help()
    /// @throws ConfigError  an option unknown (names the nearest), removed, missing its value, not of its
    ///                      type, or of no use with the others; of a file, with the line
    bool read(Arguments arguments);

    /// Fills the fields from a file that the program wrote, an entry a line; options that it does not know
    /// are passed over.
    void read_file(const std::string& path);
    /// The same from the text of such a file. @param path  of the file that holds it, for errors
    void read_written(const std::string& text, const std::string& path);

    /// Fills the fields from name = value settings; those of no use with the others are passed over.
    /// @param where  the settings stand, for errors: "[method simclr]"
    /// @throws ConfigError  an option unknown (names the nearest), removed or not of its type; names the line
    void read_lines(const std::vector<IniLine>& settings, const std::string& where);
    void read_settings(const std::vector<std::pair<std::string, std::string>>& settings,
                       const std::string& where);

    /// What was asked for by --help or --help-all. Sections that have nothing to list are left out.
    std::string help() const;
    /// Every option of use that is remembered, with its value as text, in the order of declaration; one pair
    /// for each entry of a list.
    OptionValues values() const;
    /// Those of them that decide something, or only what is named.
    OptionValues deciding() const;
    OptionValues deciding(const std::set<Decides>& what) const;
    Decides decides(const std::string& name) const;

private:
    /// An option is of use if another one, the selector, is and has one of these values; always without a
    /// selector.
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
        std::function<std::vector<std::string>()> lines;  ///< the value, one entry a line of an INI file
        std::string kind{};                               ///< of values, for errors: "a number"
        std::vector<std::string> words{};                 ///< that are values; none: any are
        std::optional<RemovedWord> removed{};             ///< from them
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
        std::optional<std::string> harmless;  ///< value
        Decides decided;
    };
    /// What a file says of one option.
    struct Given {
        std::vector<std::string> entries;
        std::size_t line = 0;  ///< where first
    };
    using GivenOptions = std::map<std::string, Given>;

    template <class Words>
    static std::vector<std::string> to_texts(const Words& words) {
        return {words.begin(), words.end()};
    }
    /// As add_choice, for a list of the words.
    void add_choices(const std::string& name, std::vector<std::string> words,
                     std::function<std::vector<std::string>()> read,
                     std::function<void(const std::vector<std::string>&)> write, const std::string& help,
                     Decides decides);
    void declare_all();
    const Option* find(const std::string& name) const;
    /// What to say of a name that is no option: what became of it, or which may have been meant.
    /// @param dashes  stand before names in the place where it was given
    std::string no_option(const std::string& name, const std::string& dashes) const;
    bool is_of_use(const Option& option) const;
    /// The first value that is none of the words, or a negative number where boost would wrap it around.
    static std::optional<std::string> refused(const Option& option, const std::vector<std::string>& values);
    /// Whether a file of the program may hold this line of an option that was removed.
    bool is_harmless(const IniLine& line) const;
    /// Whether the option was removed, and clips or encoders differed by it.
    bool shaped_encoders(const std::string& name) const;
    /// What to say of a value that the option does not take.
    static std::string expected(const Option& option, const std::string& value);
    std::string value_of(const std::string& name) const;
    void refuse_useless(const boost::program_options::variables_map& values, const GivenOptions& of_file,
                        const std::string& what) const;
    /// The arguments with `--flag` written out as `--flag=true`, so that a flag never takes the next argument
    /// for its value, and `--name -1` as `--name=-1`, so that a number is not taken for an option.
    std::vector<std::string> with_explicit_values(Arguments arguments) const;
    void store_command_line(Arguments arguments, boost::program_options::variables_map& values) const;

    /// What an INI file says of the options that are known. @param what  the file is, for errors
    /// @param splits   lists have several entries on a line
    /// @param refuses  unknown options and sections; else they are passed over
    GivenOptions options_in(const std::string& text, const std::string& path, const std::string& what,
                            bool splits, bool refuses) const;
    void add_line(GivenOptions& given, const IniLine& line, const std::string& what, bool splits) const;
    /// Drops what a selector named on the command line leaves without use.
    void drop_overruled(GivenOptions& given, const boost::program_options::variables_map& command_line) const;
    void store_given(const GivenOptions& given, const std::string& what,
                     boost::program_options::variables_map& values) const;

    std::string usage_;
    boost::program_options::options_description all_;
    boost::program_options::options_description hidden_;
    std::vector<Section> sections_;
    std::vector<Option> options_;
    Condition condition_;        ///< of the section being declared
    bool is_remembered_ = true;  ///< its options are
    boost::program_options::positional_options_description positional_;
    std::string config_;
    std::set<std::string> common_;  ///< none: all are
    bool helps_with_all_ = false;
    std::set<std::string> passed_over_;
    std::map<std::string, RemovedOption> removed_;  ///< by name
};

/// A line each, "name = value".
std::string text_of(const OptionValues& values);

/// The lines of an INI file that gives the values back; they must hold no line end.
std::string ini_text(const OptionValues& values);

}  // namespace sslslr
