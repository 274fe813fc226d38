import Testing

@testable import LanguageModels

@Suite struct ChatTemplateTests {
    /// As its file writes it, with what the system says where nobody gave it a role.
    private static let smol = """
        {% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
        You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
        ' }}{% endif %}{{'<|im_start|>' + message['role'] + '
        ' + message['content'] + '<|im_end|>' + '
        '}}{% endfor %}
        """

    @Test func theFamiliesAreToldApart() {
        #expect(
            ChatTemplate(Self.smol)
                == .marked(system: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"))
        let plain = "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'}}"
        #expect(ChatTemplate(plain) == .marked(system: nil))
        #expect(ChatTemplate("{{ '<|start_header_id|>' + role }}") == .headers)
        #expect(ChatTemplate("[INST] {{ message }} [/INST]") == nil && ChatTemplate("") == nil)
    }

    @Test func aQuestionIsWrittenAsTheModelWantsIt() {
        #expect(
            ChatTemplate.marked(system: "Be brief.").prompt("Hi")
                == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
        )
        #expect(
            ChatTemplate.headers.prompt("Hi")
                == "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
        )
    }
}
