#include "src/settings/options.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sslslr {
namespace {

namespace po = boost::program_options;

constexpr unsigned line_length = 100;  // of --help

std::string text_of(const std::string& value) {
    return value;
}
std::string text_of(bool value) {
    return value ? "true" : "false";
}
template <class T>
std::string text_of(T value) {
    return fmt::format("{}", value);
}
template <class T>
std::string text_of(const std::vector<T>& values) {
    return fmt::format("{}", fmt::join(values, " "));
}

/// Returns one text for each line of an INI file.
template <class T>
std::vector<std::string> lines_of(const T& value) {
    return {text_of(value)};
}
template <class T>
std::vector<std::string> lines_of(const std::vector<T>& values) {
    std::vector<std::string> lines;
    for (const auto& value : values) {
        lines.push_back(text_of(value));
    }
    return lines;
}

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

/// Describes the expected type of a value, for errors.
template <class T>
std::string kind_of() {
    if constexpr (is_list<T>) {
        return kind_of<typename T::value_type>();
    } else if constexpr (std::is_same_v<T, bool>) {
        return "true or false";
    } else if constexpr (std::is_unsigned_v<T>) {
        return "a whole number of 0 or more";
    } else if constexpr (std::is_integral_v<T>) {
        return "a whole number";
    } else if constexpr (std::is_floating_point_v<T>) {
        return "a number";
    } else {
        return "a text";
    }
}

}  // namespace

Options::Options(std::string usage) : usage_{std::move(usage)}, all_{line_length} {
    section("General");
    sections_.back().options->add_options()("help,h", "lists the options that most people need")(
        "help-all", "lists every option")(
        "config", po::value(&config_),
        "INI file with any of these options (lists on one line or several); the command line has precedence, "
        "and lines that do not apply to its choices are ignored");
}

void Options::section(const std::string& title) {
    section(title, "", {});
}

void Options::section(const std::string& title, const std::string& selector,
                      std::vector<std::string> values) {
    sections_.push_back({title, std::make_unique<po::options_description>(title, line_length)});
    condition_ = {selector, std::move(values)};
    is_remembered_ = true;
}

void Options::section_of_this_call(const std::string& title) {
    section(title);
    is_remembered_ = false;
}

template <class T>
void Options::add(const std::string& name, T& field, const std::string& help, Decides decides) {
    auto* value = po::value(&field)->default_value(field, text_of(field));
    if constexpr (std::is_same_v<T, bool>) {
        value->implicit_value(true, "true");
    }
    if constexpr (is_list<T>) {
        value->multitoken();
    }
    sections_.back().options->add_options()(name.c_str(), value, help.c_str());
    options_.push_back({.name = name,
                        .lines = [&field] { return lines_of(field); },
                        .kind = kind_of<T>(),
                        .decides = decides,
                        .is_flag = std::is_same_v<T, bool>,
                        .is_list = is_list<T>,
                        .is_unsigned = std::is_same_v<T, std::uint64_t>,
                        .is_remembered = is_remembered_,
                        .condition = condition_});
}

template void Options::add(const std::string&, std::string&, const std::string&, Decides);
template void Options::add(const std::string&, bool&, const std::string&, Decides);
template void Options::add(const std::string&, int&, const std::string&, Decides);
template void Options::add(const std::string&, std::int64_t&, const std::string&, Decides);
template void Options::add(const std::string&, std::uint64_t&, const std::string&, Decides);
template void Options::add(const std::string&, double&, const std::string&, Decides);
template void Options::add(const std::string&, std::vector<std::string>&, const std::string&, Decides);
template void Options::add(const std::string&, std::vector<std::int64_t>&, const std::string&, Decides);
template void Options::add(const std::string&, std::vector<double>&, const std::string&, Decides);

void Options::add_choice(const std::string& name, std::vector<std::string> words,
                         std::function<std::string()> read, std::function<void(const std::string&)> write,
                         const std::string& help, Decides decides) {
    sections_.back().options->add_options()(
        name.c_str(), po::value<std::string>()->default_value(read())->notifier(std::move(write)),
        help.c_str());
    options_.push_back({.name = name,
                        .lines = [read = std::move(read)] { return std::vector{read()}; },
                        .decides = decides,
                        .is_remembered = is_remembered_,
                        .condition = condition_});
    this->words(std::move(words));
}

void Options::add_choices(const std::string& name, std::vector<std::string> words,
                          std::function<std::vector<std::string>()> read,
                          std::function<void(const std::vector<std::string>&)> write, const std::string& help,
                          Decides decides) {
    sections_.back().options->add_options()(name.c_str(),
                                            po::value<std::vector<std::string>>()
                                                ->default_value(read(), text_of(read()))
                                                ->notifier(std::move(write))
                                                ->multitoken(),
                                            help.c_str());
    options_.push_back({.name = name,
                        .lines = std::move(read),
                        .decides = decides,
                        .is_list = true,
                        .is_remembered = is_remembered_,
                        .condition = condition_});
    this->words(std::move(words));
    options_.back().kind = fmt::format("any of {}", fmt::join(options_.back().words, ", "));
}

void Options::words(std::vector<std::string> words) {
    auto& option = options_.back();
    option.kind = fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
    option.words = std::move(words);
}

void Options::add_hidden(const std::string& name, std::string& field) {
    hidden_.add_options()(name.c_str(), po::value(&field));
}

void Options::positional(const std::string& name, std::vector<std::string>& field, const std::string& help) {
    add(name, field, help);
    positional_.add(name.c_str(), -1);
}

const Options::Option* Options::find(const std::string& name) const {
    const auto found = std::ranges::find(options_, name, &Option::name);
    return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> Options::names() const {
    std::vector<std::string> names;
    std::ranges::transform(options_, std::back_inserter(names), &Option::name);
    return names;
}

void Options::common(const std::string& names) {
    std::istringstream all{names};
    for (std::string name; all >> name;) {
        if (find(name) == nullptr) {
            throw std::logic_error{name + " is no option that could be common"};
        }
        common_.insert(name);
    }
}

std::string Options::help() const {
    std::ostringstream text;
    text << usage_ << '\n';
    std::size_t left_out = 0;
    for (const auto& section : sections_) {
        po::options_description listed{section.title, line_length};
        for (const auto& option : section.options->options()) {
            const auto& name = option->long_name();
            if (helps_with_all_ || common_.empty() || common_.contains(name) || find(name) == nullptr) {
                listed.add(option);
            } else {
                ++left_out;
            }
        }
        if (!listed.options().empty()) {
            text << '\n' << listed;
        }
    }
    if (left_out > 0) {
        text << fmt::format("\n{} more options: --help-all\n", left_out);
    }
    return text.str();
}

std::string Options::value_of(const std::string& name) const {
    const auto* const option = find(name);
    return option == nullptr ? "" : fmt::format("{}", fmt::join(option->lines(), " "));
}

bool Options::is_of_use(const Option& option) const {
    const auto& [selector, choices] = option.condition;
    if (selector.empty()) {
        return true;
    }
    const auto* const chooser = find(selector);
    return std::ranges::count(choices, value_of(selector)) > 0 && (chooser == nullptr || is_of_use(*chooser));
}

OptionValues Options::values() const {
    OptionValues all;
    for (const auto& option : options_) {
        if (!is_of_use(option) || !option.is_remembered) {
            continue;
        }
        for (const auto& line : option.lines()) {
            all.emplace_back(option.name, line);
        }
    }
    return all;
}

OptionValues Options::deciding() const {
    return deciding(
        {Decides::resumable, Decides::clips, Decides::encoder, Decides::learning, Decides::result});
}

OptionValues Options::deciding(const std::set<Decides>& what) const {
    auto values = this->values();
    std::erase_if(values, [&](const auto& value) { return !what.contains(decides(value.first)); });
    return values;
}

Decides Options::decides(const std::string& name) const {
    const auto* const option = find(name);
    return option == nullptr ? Decides::result : option->decides;
}

std::string text_of(const OptionValues& values) {
    std::string text;
    for (const auto& [name, value] : values) {
        text += fmt::format("{} = {}\n", name, value);
    }
    return text;
}

std::string ini_text(const OptionValues& values) {
    std::string text;
    for (const auto& [name, value] : values) {
        text += ini_line(name, value);
    }
    return text;
}

}  // namespace sslslr
