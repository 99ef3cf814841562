/**
 * Amazon Bedrock's languages: Converse and ConverseStream for chats, CountTokens, and the vectors of InvokeModel. What
 * differs from model to model is data in {@code families.properties}.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html">Converse</a>
 */
@NullMarked
package dev.signalbox.dialect.bedrock;

import org.jspecify.annotations.NullMarked;
